"""Passing a case to the competent unit, and the trace its sender keeps (A5.1, A14.2)."""

from starlette.responses import Response
from starlette.routing import Route

from core.cases import queries
from core.cases.transferring import sent_on, targets, transfer
from core.domain.case_states import CASE
from core.errors import Refusal
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown
from extranet_portal.case_acts import is_open
from extranet_portal.case_page import case_page, case_to_change
from extranet_portal.intake import act_page, act_routes
from extranet_portal.typed import Limits, read_texts

_REASON: Limits = {"reason": ("转办理由", 500)}


def transfer_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask whereto and why; what is competent by remit stands first."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.transfer")
    if not is_open(ask, case, "transfer"):
        return case_page(ask, refusal)
    found = targets(ask.session, case, on=ask.today)
    competent = next((one for one in found if one.is_competent), None)
    choices = [(one.code, f"{one.name}（按管辖权应由其办理）" if one.is_competent else one.name) for one in found]
    return act_page(
        ask, case, "extranet/intake/transfer.html", refusal, "transfer",
        heading="转办", units=choices, competent=competent, first=competent.code if competent else "",
    )  # fmt: skip


@action(allow="case.transfer")
def ask_transfer(ask: Ask) -> Response:
    """Show the form."""
    return transfer_page(ask)


@action(allow="case.transfer", again=transfer_page, creates=True)
def pass_on(ask: Ask) -> Response:
    """Pass the case on; whoever can't see it any more finds its trace (A14.2)."""
    case = case_to_change(ask, "case.transfer")
    reason = read_texts(ask, _REASON)["reason"]
    transfer(ask.session, case, to=ask.text("to"), reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to(ask.url("transfer.see") + f"?done={case.id}")


@action(allow="transfer.see")
def see_transfers(ask: Ask) -> Response:
    """What the reader's units passed on, and how it stands now."""
    rows = [
        (row, ProjectShown(row.project_name, row.project_code), CASE.word(row.state))
        for row in sent_on(ask.session, ask.actor)
    ]
    return reply.page(
        ask, "extranet/intake/transfers.html", title="转出的办件", rows=rows, was_done=bool(ask.query("done"))
    )


routes = [
    *act_routes("transfer", ask_transfer, pass_on),
    Route("/transfers", see_transfers, methods=["GET"], name="transfer.see"),
]
