"""The register of agencies (中介机构名录): every officer reads it, coordinators keep it (A16.1)."""

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from core.domain.engagement_states import AGENCY, SERVICES, AgencyState
from core.domain.policy import may_ever, reach
from core.engagements.tables import Agency
from core.errors import Conflict, Refusal
from core.intermediaries import registering
from core.organisations import organisations, reaches
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.shown import errors_given
from extranet_portal.typed import Limits, read_texts

_AGENCY: Limits = {"name": ("机构名称", 100), "credit_code": ("统一社会信用代码", 40), "qualification": ("资质", 300)}
_REASON: Limits = {"reason": ("原因", 300)}


@dataclass(frozen=True)
class AgencyShown:
    """One agency of the register."""

    identity: str
    version: int
    name: str
    credit_code: str
    services: str
    qualification: str
    state: str
    is_listed: bool
    reason: str
    kept_by: str
    may_keep: bool


def register_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The register, and for coordinators the form that adds to it."""
    found = registering.agencies(ask.session)
    given = {"errors": {}, "status": 200, "conflict": "", **errors_given(refusal)}
    if isinstance(refusal, Conflict):
        given |= {"errors": {}, "conflict": refusal.words}
    return reply.page(
        ask,
        "extranet/engagements/agencies.html",
        title="中介机构名录",
        **given,
        failed=ask.path("agency_id") if "agency_id" in ask.request.path_params else "",
        agencies=[_agency(ask, one) for one in found],
        services=list(SERVICES.items()),
        ticked=(ask.typed or {}).get("services", []),
        may_keep=may_ever(ask.actor, "agency.keep"),
    )


@action(allow="agency.see")
def see_register(ask: Ask) -> Response:
    """Show the register."""
    return register_page(ask)


@action(allow="agency.keep", again=register_page, creates=True)
def list_agency(ask: Ask) -> Response:
    """Put an agency into the register (A16.1)."""
    texts = read_texts(ask, _AGENCY)
    registering.list_agency(
        ask.session, name=texts["name"], credit_code=texts["credit_code"], services=ask.texts("services"),
        qualification=texts["qualification"], by=ask.actor, at=ask.now,
    )  # fmt: skip
    return reply.to("/agencies")


@action(allow="agency.keep", again=register_page)
def delist(ask: Ask) -> Response:
    """Remove an agency, with the reason (A16.1)."""
    agency = registering.agency_to_keep(ask.session, ask.actor, ask.path("agency_id")[:36])
    reason = read_texts(ask, _REASON)["reason"]
    registering.delist(ask.session, agency, reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to("/agencies")


@action(allow="agency.keep", again=register_page)
def relist(ask: Ask) -> Response:
    """List an agency again (A16.1)."""
    agency = registering.agency_to_keep(ask.session, ask.actor, ask.path("agency_id")[:36])
    registering.relist(ask.session, agency, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to("/agencies")


def _agency(ask: Ask, one: Agency) -> AgencyShown:
    return AgencyShown(
        identity=one.id,
        version=one.version,
        name=one.name,
        credit_code=one.credit_code,
        services="、".join(SERVICES[service] for service in one.services),
        qualification=one.qualification,
        state=AGENCY.word(one.state),
        is_listed=one.state == AgencyState.LISTED,
        reason=one.delisted_reason,
        kept_by=organisations(ask.session).unit_name(one.org_unit),
        may_keep=reaches(ask.session, reach(ask.actor, "agency.keep"), one.org_unit),
    )


routes = [
    Route("/agencies", see_register, methods=["GET"], name="agency.see"),
    Route("/agencies", list_agency, methods=["POST"], name="agency.list"),
    Route("/agencies/{agency_id}/removal", see_register, methods=["GET"], name="agency.delist_form"),
    Route("/agencies/{agency_id}/removal", delist, methods=["POST"], name="agency.delist"),
    Route("/agencies/{agency_id}/relisting", see_register, methods=["GET"], name="agency.relist_form"),
    Route("/agencies/{agency_id}/relisting", relist, methods=["POST"], name="agency.relist"),
]
