"""The words of a guide, kept by its department: changed, and published as the next version from a day on (A8.1)."""

from starlette.responses import Response
from starlette.routing import Route

from core.errors import Conflict, NotAllowed, Refusal
from core.guides import editing
from core.guides.editing import LONGEST_REASON, TEXTS
from core.guides.guide import Guide
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.guides import edition_sent
from extranet_portal.shown import errors_given

_ROWS = {"content": 3, "acceptance_conditions": 6, "process": 4}


def text_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form with every element the department keeps, as typed or as in the newest version."""
    guide = _guide(ask)
    now = editing.text_of(guide)
    conflict = refusal if isinstance(refusal, Conflict) else None
    return reply.page(
        ask,
        "extranet/guides/text.html",
        title=f"修改指南 {guide.name}",
        guide=guide,
        guide_href=ask.url("guide_version.see", item_code=guide.item_code),
        publish_href=ask.url("guide_text.publish", item_code=guide.item_code),
        elements=[
            (name, label, ask.shown(name, now[name]), _ROWS.get(name, 2), longest)
            for name, (label, longest) in TEXTS.items()
        ],
        promised=ask.shown("promised_days", str(guide.promised_days or "")),
        example=ask.today.isoformat(),
        longest=LONGEST_REASON,
        conflict=conflict,
        **({"status": 409} if conflict else errors_given(refusal)),
    )


@action(allow="guide_text.publish")
def ask_text(ask: Ask) -> Response:
    """Show the form."""
    return text_page(ask)


@action(allow="guide_text.publish", again=text_page, creates=True)
def publish_text(ask: Ask) -> Response:
    """Publish the words as the next version of the guide (A8.1)."""
    guide = _guide(ask)
    given = {name: ask.text(name) for name in TEXTS}
    editing.publish_text(
        ask.session, guide.item_code, given, promised=ask.text("promised_days"), edition=edition_sent(ask),
        by=ask.actor, at=ask.now,
    )  # fmt: skip
    return reply.to(ask.url("guide_version.see", item_code=guide.item_code))


def _guide(ask: Ask) -> Guide:
    guide = editing.newest_version(ask.session, ask.path("item_code")[:20])
    if not editing.may_edit_text(ask.actor, guide):
        raise NotAllowed("办事指南由主管部门的省级指南编辑或省综合管理部门发布，你可以查看", article="A8.1")
    return guide


routes = [
    Route("/guides/{item_code}/text", ask_text, methods=["GET"], name="guide_text.ask"),
    Route("/guides/{item_code}/text", publish_text, methods=["POST"], name="guide_text.publish"),
]
