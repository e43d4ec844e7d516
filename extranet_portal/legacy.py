"""原编码对应: legacy codes mapped to projects, one by one or by file with a dry run (A12.1)."""

from collections import Counter
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from core.domain import legacy_codes as rules
from core.domain.legacy_codes import MOST_BYTES, Verdict
from core.domain.policy import Actor, may_ever
from core.domain.secrecy import refuse_classified
from core.errors import Refusal, RuleRefusal
from core.projects import legacy
from core.projects.legacy import Judged
from core.projects.legacy_list import PAGE, legacy_page
from core.projects.links import resolve
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown, page_number, page_of
from extranet_portal.shown import errors_given

_SOURCES = {"declared": "项目单位申报", "officer": "逐个录入", "import": "文件导入", "entered": "存量项目补录"}
_SHOWN_ROWS = 300
"""Rows of a preview; what can't be mapped comes first, so that it is always seen."""

_TONES = {Verdict.OK: "green", Verdict.KNOWN: "still", Verdict.DUPLICATE: "yellow"}


@dataclass(frozen=True)
class MappingShown:
    """One mapping in the list."""

    key: str
    value: str
    kind: str
    project: ProjectShown
    source: str
    mapped_at: object


@dataclass(frozen=True)
class RowShown:
    """One row of a file in the preview."""

    line: int
    legacy: str
    code: str
    word: str
    tone: str
    words: str


def codes_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The mappings within reach, the form for one, the form for a file."""
    words, page = ask.query("q")[:100], page_number(ask.query("page"))
    rows = legacy_page(ask.session, ask.actor, words=words, page=page)
    here = rows[:PAGE]
    return reply.page(
        ask,
        "extranet/legacy/list.html",
        title="原编码对应",
        words=words,
        rows=[
            MappingShown(
                row.key,
                row.value,
                rules.KINDS[row.kind],
                ProjectShown(row.project_name, row.project_code, ask.url("project.see", code=row.project_code)),
                " ".join(filter(None, (_SOURCES[row.source], row.mapped_by if row.source != "declared" else ""))),
                row.mapped_at,
            )
            for row in here
        ],
        kinds=list(rules.KINDS.items()),
        may_map=may_ever(ask.actor, "legacy_code.map"),
        done=ask.query("done")[:20],
        pager_page=page_of(
            "/legacy-codes",
            {"q": words} if words else {},
            page,
            size=PAGE,
            shown=len(here),
            more=len(rows) > PAGE,
            counted="个",
        )
        if here
        else None,
        most_rows=rules.MOST_ROWS,
        **errors_given(refusal),
    )


@action(allow="legacy_code.see")
def see_codes(ask: Ask) -> Response:
    """List the mappings."""
    return codes_page(ask)


@action(allow="legacy_code.map", again=codes_page, creates=True)
def map_one(ask: Ask) -> Response:
    """Map one legacy code."""
    typed = ask.text("code")[:100]
    try:
        code = resolve(ask.session, typed)
    except RuleRefusal as refusal:
        raise RuleRefusal(refusal.words, field="code", article="A12.1") from None
    legacy.map_code(ask.session, code, ask.text("legacy")[:500], kind=ask.text("kind")[:20], by=ask.actor, at=ask.now)
    return reply.to(ask.url("legacy_code.see") + "?done=mapped")


@action(allow="legacy_code.import", again=codes_page, creates=True, takes_files=True)
def read_file(ask: Ask) -> Response:
    """Read a file and show what would become of each row; nothing is mapped yet."""
    upload = ask.upload("file")
    if upload is None:
        raise RuleRefusal("请选择文件", field="file", article="A12.1")
    name = (upload.filename or "").strip()
    refuse_classified({"file": name})
    kept = legacy.read_import(ask.session, _bytes(upload), name, by=ask.actor, at=ask.now)
    return reply.to(ask.url("legacy_code.see_import", import_id=kept.id))


def import_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """A file with the verdict on each row, as it would be mapped now."""
    kept = legacy.import_of(ask.session, ask.actor, ask.path("import_id"))
    judged = legacy.judge(ask.session, kept, by=ask.actor) if kept.confirmed_at is None else []
    counts = Counter(one.verdict for one in judged)
    order = (Verdict.MALFORMED, Verdict.UNKNOWN_CODE, Verdict.TOO_MANY, Verdict.DUPLICATE, Verdict.KNOWN, Verdict.OK)
    shown = sorted(judged, key=lambda one: (order.index(one.verdict), one.row.line))[:_SHOWN_ROWS]
    return reply.page(
        ask,
        "extranet/legacy/import.html",
        title="导入原编码",
        kept=kept,
        total=len(kept.rows),
        counts=[(rules.VERDICT_WORDS[verdict], counts[verdict]) for verdict in order if counts[verdict]],
        fit=counts[Verdict.OK],
        rows=[_row(one) for one in shown],
        hidden=len(judged) - len(shown),
        **errors_given(refusal),
    )


@action(allow="legacy_code.import")
def see_import(ask: Ask) -> Response:
    """Look at a file before it is mapped."""
    return import_page(ask)


@action(allow="legacy_code.import", again=import_page, creates=True)
def confirm_import(ask: Ask) -> Response:
    """Map every row that can be mapped."""
    kept = legacy.import_of(ask.session, ask.actor, ask.path("import_id"))
    legacy.confirm(ask.session, kept, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to(ask.url("legacy_code.see_import", import_id=kept.id))


def removal_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask why a mapping is taken back."""
    key = (ask.text("key") or ask.query("key"))[:300]
    if not key:
        return codes_page(ask, refusal)
    row = legacy.mapping_for(ask.session, ask.actor, key)
    return reply.page(
        ask, "extranet/legacy/removal.html", title="取消原编码对应", row=row, **errors_given(refusal)
    )  # fmt: skip


@action(allow="legacy_code.unmap")
def ask_removal(ask: Ask) -> Response:
    """The page that asks for the reason; without a code the list."""
    return removal_page(ask)


@action(allow="legacy_code.unmap", again=removal_page, creates=True)
def remove(ask: Ask) -> Response:
    """Take a mapping back."""
    if not ask.text("key"):
        raise RuleRefusal("请在列表里选择要取消的原编码", article="A12.1")
    reason = ask.text("reason").strip()[:500]
    refuse_classified({"reason": reason})
    legacy.unmap_code(ask.session, ask.text("key"), reason=reason, by=ask.actor, at=ask.now)
    return reply.to(ask.url("legacy_code.see") + "?done=unmapped")


def has_list(actor: Actor) -> bool:
    """Whether this officer has use for the list."""
    return may_ever(actor, "legacy_code.see")


def _bytes(upload: UploadFile) -> bytes:
    return upload.file.read(MOST_BYTES + 1)


def _row(one: Judged) -> RowShown:
    tone = _TONES.get(one.verdict, "red")
    return RowShown(
        one.row.line, one.row.legacy, one.row.code, rules.VERDICT_WORDS[one.verdict], tone, one.words
    )  # fmt: skip


routes = [
    Route("/legacy-codes", see_codes, methods=["GET"], name="legacy_code.see"),
    Route("/legacy-codes", map_one, methods=["POST"], name="legacy_code.map"),
    Route("/legacy-codes/removal", ask_removal, methods=["GET"], name="legacy_code.ask_removal"),
    Route("/legacy-codes/removal", remove, methods=["POST"], name="legacy_code.unmap"),
    Route("/legacy-codes/imports", see_codes, methods=["GET"], name="legacy_code.see_imports"),
    Route("/legacy-codes/imports", read_file, methods=["POST"], name="legacy_code.import"),
    Route("/legacy-codes/imports/{import_id}", see_import, methods=["GET"], name="legacy_code.see_import"),
    Route(
        "/legacy-codes/imports/{import_id}/confirmation", see_import, methods=["GET"], name="legacy_code.see_confirmed"
    ),
    Route(
        "/legacy-codes/imports/{import_id}/confirmation", confirm_import, methods=["POST"], name="legacy_code.confirm"
    ),
]
