"""Handing in one material, for an application to come or as a supplement; the same file serves every item (A14.1d)."""

from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from core.cases.applying import application_of, asked_for, guide_of_application
from core.documents.content import chunks_of
from core.documents.materials import Filed, hand_in, material_of
from core.documents.uploads import MATERIAL_KINDS, MATERIAL_LIMIT, receive
from core.domain.case_states import CaseState
from core.domain.secrecy import refuse_classified
from core.errors import Absent, Refusal, RuleRefusal
from core.guides.guide import Guide, MaterialNeed
from core.projects.declaring import project_of
from core.projects.tables import DeclaredProject
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from public_portal.applications import case_page
from public_portal.apply import choose, choose_page, chosen_codes, materials_shown, open_items
from public_portal.material_views import ACCEPT, RULES, MaterialRow, material_rows
from public_portal.project_views import Held, held_of


def upload_again(ask: Ask, refusal: Refusal) -> Response:
    """The row with what is wrong with its file; for a browser without script the page it stands on."""
    words = next(iter(reply.errors_of(refusal).values()))
    if application_id := ask.text("application"):
        return case_page(ask, application_id, RuleRefusal(words, field=ask.text("material_code"), article="A14.3"))
    row = _row_of(ask)
    if not ask.is_script:
        return choose_page(ask, RuleRefusal(words, field=row.id, article=refusal.article))
    return reply.page(
        ask,
        "public/apply/_material.html",
        title="",
        status=reply.status_of(refusal),
        row=replace(row, error=words),
        code=ask.path("code"),
        accept=ACCEPT,
        rules=RULES,
    )


def _received(ask: Ask) -> Filed:
    """The file of the form, looked through and in the store, before the transaction begins."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    _, need = _need(ask, held_of(ask, project))
    file = ask.upload("file")
    if file is None:
        raise RuleRefusal(f"请先选择“{need.name}”的文件", field="file", article="A14.1d")
    refuse_classified({"file": file.filename or ""})
    kept = receive(
        chunks_of(file.file),
        ask.portal.store,
        filename=file.filename or "",
        allowed=MATERIAL_KINDS,
        limit=MATERIAL_LIMIT,
    )
    return Filed(kept.name, kept.media_type, kept.digest, kept.size)


@action(allow="material.upload", again=upload_again, prepare=_received, takes_files=True)
def upload(ask: Ask) -> Response:
    """Take one file as the answer to one need, wherever the same is asked for (A14.1d)."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    guide, need = _need(ask, held_of(ask, project))
    hand_in(ask.session, project.code, guide, need, ask.prepared, by=ask.actor, at=ask.now)
    return _handed_in(ask, project)


@action(allow="material.see")
def see_material(ask: Ask) -> Response:
    """One's own material, as it was handed in."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    found = material_of(ask.session, project.code, ask.path("material_id"))
    return reply.file(
        ask.portal.store.read_chunks(found.digest),
        name=found.file_name,
        media_type=found.media_type,
        size=found.size,
        inline=True,
    )


def _handed_in(ask: Ask, project: DeclaredProject) -> Response:
    if application_id := ask.text("application"):
        one, _ = application_of(ask.session, ask.actor, application_id)
        return reply.to(ask.url("application.see", code=project.code, application_id=one.id) + "#supplement")
    row = _row_of(ask)
    if not ask.is_script:
        chosen_words = "&".join(f"item={code}" for code in chosen_codes(ask))
        return reply.to(f"{ask.url('application.choose', code=project.code)}?{chosen_words}#{row.id}")
    held = held_of(ask, project)
    chosen = [item for item in open_items(held) if item.item_code in chosen_codes(ask)]
    context = materials_shown(ask, held, chosen, {})
    return reply.page(
        ask, "public/apply/_handed_in.html", title="", row=row, code=project.code, chosen=chosen, **context
    )


def _row_of(ask: Ask) -> MaterialRow:
    """The row that was posted, as it stands now."""
    held = held_of(ask, project_of(ask.session, ask.actor, ask.path("code")))
    codes = dict.fromkeys([*chosen_codes(ask), ask.text("item_code")])
    guides = [held.guides[code] for code in codes if code in held.guides]
    for row in material_rows(ask, held.project.code, guides, held.wanted):
        if row.code == ask.text("material_code") and row.item_code == ask.text("item_code"):
            return replace(row, chosen=tuple(chosen_codes(ask)))
    raise Absent("办事指南没有要求这份材料，请刷新页面")


def _need(ask: Ask, held: Held) -> tuple[Guide, MaterialNeed]:
    """What the file answers: a need of the guide, or what the request to supplement of this application names."""
    if application_id := ask.text("application"):
        one, project = application_of(ask.session, ask.actor, application_id)
        guide_told = guide_of_application(ask.session, one, on=ask.today)
        asked = asked_for(ask.session, one, guide_told).get(ask.text("material_code"))
        if asked is not None and project.code == held.project.code and one.state == CaseState.AWAITING_SUPPLEMENT:
            return guide_told, asked.need
    guide = held.guides.get(ask.text("item_code"))
    for need in guide.materials if guide else ():
        if guide and need.code == ask.text("material_code") and not need.is_shared:
            return guide, need
    raise Absent("办事指南没有要求这份材料，请刷新页面")


routes = [
    Route("/projects/{code}/materials", choose, methods=["GET"], name="material.choose_again"),
    Route("/projects/{code}/materials", upload, methods=["POST"], name="material.upload"),
    Route("/projects/{code}/materials/{material_id}", see_material, methods=["GET"], name="material.see"),
]
