"""What happens around a case in random histories: consultations, commissions, changes to its project and list."""

from datetime import timedelta

from sqlmodel import col, select

from core.cases import consulting, replanning
from core.cases.tables import Case
from core.changes import deciding, requesting
from core.changes.tables import ChangeRequest, ProjectChange
from core.clocks import business_date
from core.consultations import asking, queries, replies
from core.consultations.asking import Addressee, Letter
from core.domain.change_states import WITH_FACTS
from core.domain.consultation_states import ConsultationState
from core.engagements.tables import Agency, Engagement
from core.errors import RuleRefusal
from core.intermediaries import commissioning, registering
from core.intermediaries.commissioning import Commission
from core.projects.tables import DeclaredProject, Project
from tests.core.changes.requests import COORDINATOR, fates
from tests.world import World, case, make_officer

NOTHING = "there is nothing that this could be done with"
ASKED = ("220184-ee", "220184-water")


def register_agency(world: World) -> None:
    with world.extranet.writing() as session:
        registering.list_agency(
            session, name="吉林绿源环境咨询有限公司", credit_code="91220101MA1400A22H", services=["energy"],
            qualification="", by=make_officer(("coordinator", "220000-drc")), at=world.now,
        )  # fmt: skip


def consult(world: World, case_id: int, act: str, opinion: str) -> None:
    """One act on the last consultation of a case, or a new one."""
    one = case(world, case_id)
    by = make_officer(("handler", one.org_unit), name="李文静")
    with world.extranet.writing() as session:
        if act == "send":
            asker = consulting.asker_of_case(one)
            letter = Letter(
                "consultation",
                "是否占用红线",
                "请确认是否占用生态保护红线",
                tuple(Addressee(unit, 3) for unit in ASKED),
            )
            consulting.send(session, asking.draft(session, asker, letter, by=by, at=world.now), by=by, at=world.now)
            return
        found = next(iter(queries.of_case(session, case_id)), None)
        if found is None:
            raise RuleRefusal(NOTHING)
        given = {"by": by, "at": world.now}
        all_of_it = replies.replies_of(session, found)
        if act == "answer":
            given["by"] = make_officer(("handler", ASKED[0]), name="周航")
            statement = "" if opinion == "agree" else "占用红线 0.2 公顷"
            replies.answer(session, found, all_of_it[0], opinion=opinion, statement=statement, **given)
        elif act == "close":
            said = {row.id: "已采纳" for row in all_of_it}
            asking.close(session, found, conclusion="意见一致", dispositions=said, **given)
        elif act == "reopen":
            consulting.reopen(session, found, reason="情况有变", days=2, reply_ids=[all_of_it[0].id], **given)
        else:
            asking.withdraw(session, found, reason="不再需要", **given)


def commission(world: World, case_id: int, act: str) -> None:
    """Commission a service that pauses the clock, or end the last one."""
    by = make_officer(("handler", case(world, case_id).org_unit), name="李文静")
    today = business_date(world.now)
    with world.extranet.writing() as session:
        one = session.get_one(Case, case_id)
        if act == "commission":
            agency = session.exec(select(Agency.id)).one()
            wanted = Commission("energy", agency, "draw", 100, today, today + timedelta(days=9), "technical_assessment")
            commissioning.commission(session, one, wanted, by=by, at=world.now)
            return
        last = select(Engagement).where(col(Engagement.case_id) == case_id).order_by(col(Engagement.commissioned_at))
        row = next(reversed(session.exec(last).all()), None)
        if row is None:
            raise RuleRefusal(NOTHING)
        if act == "deliver":
            found = {"finding": "passed", "result": "可行", "report": "节能评审报告"}
            commissioning.deliver(session, one, row, **found, by=by, at=world.now)
        else:
            commissioning.cancel(session, one, row, result="机构不能按期完成", by=by, at=world.now)


def ask_for(world: World, kind: str, month: int) -> None:
    """The unit applies for a change of its project, all at once."""
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, world.code)
        request = requesting.begin(session, project, kind, by=world.unit, at=world.now)
        if kind in WITH_FACTS:
            given = {"planned_completion": [f"2029-{month:02}"]}
            requesting.save_step(session, request, given, step="scale", by=world.unit, at=world.now)
        requesting.submit(
            session, request, project, kind=kind, reason="市场变化，需要调整", expected_on=None, by=world.unit,
            at=world.now,
        )  # fmt: skip


def take_back(world: World) -> None:
    """The unit takes its last request back."""
    with world.public.writing() as session:
        last = select(ChangeRequest).order_by(col(ChangeRequest.begun_at).desc(), col(ChangeRequest.id).desc())
        request = session.exec(last).first()
        if request is None:
            raise RuleRefusal(NOTHING)
        project = session.get_one(DeclaredProject, request.project_code)
        requesting.withdraw(session, request, project, by=world.unit, at=world.now)


def decide(world: World, event: str, fate: str) -> None:
    """The coordinator decides on the last request that arrived."""
    with world.extranet.writing() as session:
        last = select(ProjectChange).order_by(col(ProjectChange.submitted_at).desc(), col(ProjectChange.id).desc())
        change = session.exec(last).first()
        if change is None:
            raise RuleRefusal(NOTHING)
        given = {"by": COORDINATOR, "at": world.now}
        if event in ("grant", "grant_as_major"):
            chosen = fates(world, change.project_code, fate)
            stage = deciding.grant if event == "grant" else deciding.grant_as_major
            stage(session, change, fates=chosen, **given)
        else:
            stage = deciding.send_back if event == "return" else deciding.refuse
            stage(session, change, reason="请补充说明理由", **given)


def replan(world: World, act: str, item_code: str) -> None:
    """The coordinator adds an item to the list, or drops it."""
    with world.extranet.writing() as session:
        project = session.get_one(Project, world.code)
        stage = replanning.add_due_item if act == "add" else replanning.drop_due_item
        stage(session, project, item_code, reason="按现场情况调整", by=COORDINATOR, at=world.now)


def is_open(state: str) -> bool:
    """Whether a consultation still waits for answers."""
    return state == ConsultationState.SENT
