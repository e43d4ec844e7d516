"""Every route × method × person: open exactly where the policy says so, silent and without effect elsewhere (T2, T5).

The cells are generated from both route tables, what is expected of each from the policy; a new route is tried at once.
A refused cell answers 403, 404 or the way to the sign-in page, and no row changes. Where existence is nobody's
business, the answer for what exists is byte for byte the answer for what does not.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Route

from core.database import Zone
from core.domain.policy import Actor, Reach, admits, may_ever, reach
from core.organisations import organisations
from extranet_portal.app import routes as extranet_routes
from public_portal.app import routes as public_routes
from tests.architecture.matrix_world import IMPORTER, Stage, staged
from tests.world import PDF, unit_of
from tests.worlds import Worlds, nothing_yet

OPEN, SIGN_IN, FORBIDDEN, ABSENT = "open", "sign in", "403", "404"
ABSENT_IDS = {"code": "2026-220184-36-02-999999"} | dict.fromkeys(
    ("case_id", "material_id", "notice_id", "consultation_id", "reply_id", "enclosure_id", "copy_id", "decision_id"),
    "999999",
)
SECRET = ("draft_id", "code", "material_id", "application_id", "token")
"""Parts of a public address that lead to what is one enterprise's own, on routes whose permission is for one's own."""

SCAN = ("批复.pdf", PDF)
FORMS: dict[str, dict[str, Any]] = {
    "case.refuse_preliminary": {
        "ground": "out_of_remit", "reason": "应由长春市办理", "right_organ": "长春市生态环境局",
    },
    "case.request_supplement": {"items": "EIA_TABLE", "fault-EIA_TABLE": "缺图", "cure-EIA_TABLE": "补图"},
    "case.decline": {"ground": "prohibited", "reason": "属于禁止投资建设的项目"},
    "case.pause": {"ground": "technical_assessment", "expected_on": "2026-12-31", "reason": "委托技术评估"},
    "case.propose": {
        "outcome": "granted", "document_number": "审〔2026〕9009 号", "document_title": "关于项目的批复",
        "document_on": "2026-11-23", "opinion": "拟同意。", "scan": SCAN,
    },
    "case.note": {"note": "已电话联系项目单位"},
    "case.write": {"letter": "请说明厂区排水去向"},
    "application.write": {"letter": "排入园区管网"},
    "calendar.draft_local": {"days": "9月3日 放假 自治州成立纪念日\n9月4日 放假 补休"},
    "calendar.draft": {"days": "1月1日至3日 放假 元旦\n2月6日至12日 放假 春节"},
    "case.extend": {"days": "10", "reason": "评审意见分歧较大"},
    "case.transfer": {"to": "220100-ee", "reason": "项目跨区域，应由上级办理"},
    "case.propose_correction": {
        "outcome": "granted", "document_number": "更〔2026〕9 号", "document_title": "关于更正批复的决定",
        "document_on": "2026-11-23", "reasons": "原决定引用条款有误", "scan": SCAN,
    },
    "case.propose_revocation": {
        "document_number": "撤〔2026〕9 号", "document_title": "关于撤销批复的决定",
        "document_on": "2026-11-23", "reasons": "原决定依据的材料不实", "scan": SCAN,
    },
    "case.return_amendment": {"reason": "原决定无误，不必改动"},
    "notice.void": {"reason": "承办人姓名有误", "reissue": "yes"},
    "case.return_review": {"reason": "依据不足，请补充"},
    "case.send_back": {"reason": "依据不足，请补充"},
    "consultation.withdraw": {"reason": "改为书面征求"},
    "consultation.close": {"conclusion": "意见一致"},
    "consultation.answer": {"opinion": "agree"},
    "consultation.discard": {},
    "consultation.redraft": {"then": "leave", "subject": "是否占用红线"},
    "consultation.remind": {},
    "consultation.ask_again": {"note": "已补充坐标", "days": "5"},
    "consultation.open_about_case": {"then": "leave", "subject": "是否占用红线"},
    "consultation.open_about_project": {"then": "leave", "subject": "是否占用红线"},
    "copy.acknowledge": {},
    "engagement.deliver": {"finding": "passed", "result": "可行", "report": "评估报告"},
    "engagement.cancel": {"result": "机构无法按期完成"},
    "declaration.write": {
        "asked": "site_address,not_classified_declared", "not_classified_declared": "true", "site_address": "改过",
    },
    "due_item.add": {"item": "FOR-01", "reason": "现场核实占用林地"},
    "due_item.drop": {"item": "FOR-01", "reason": "选址调整"},
    "guide_text.publish": {
        "content": "环境影响报告表审批。", "acceptance_conditions": "材料齐全。", "process": "申请 → 受理 → 审批",
        "fee": "不收费", "supervision": "双随机抽查。", "contact": "12345", "promised_days": "10",
        "in_force_from": "2027-02-01", "reason": "压缩时限",
    },
    "guide_rule.publish": {
        "applies_when": "eia_category in (report, table)", "in_force_from": "2027-01-01", "reason": "名录调整",
    },
    "application.make": {"item": "DRC-06", "knowing_missing": "true"},
    "material.upload": {"item_code": "DRC-06", "material_code": "ENERGY_REPORT", "file": ("报告.pdf", PDF)},
    "application.withdraw": {"reason": "投资计划调整"},
    "legacy_code.confirm": {"version": "1"},
    "legacy_project.batch": {"version": "1"},
    "exchange.release": {"reason": "已补登单位"},
    "exchange.propose_skip": {"reason": "单位已注销"},
    "exchange.withdraw_skip": {},
    "exchange.confirm_skip": {},
    "exchange.decline_skip": {"reason": "先查数据"},
    "exchange.reconcile": {},
}  # fmt: skip
"""What fills a form so that it takes effect for whoever may send it; other acts on a case need nothing."""


AGAIN = {
    "coordinator above": {"due_item.add": {"item": "FOR-03"}, "due_item.drop": {"item": "FOR-03"}},
    "coordinator of the province": {"due_item.add": {"item": "FOR-02"}, "due_item.drop": {"item": "FOR-02"}},
}  # fmt: skip
"""Who sends another item than the one before them: an item can be added but once."""


@pytest.fixture(scope="module")
def stage(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch, worlds.copy("sqlite", nothing_yet) as world:
        patch.setattr("core.web.action.utc_now", lambda: world.now)
        with staged(world, tmp_path_factory.mktemp("matrix")) as made:
            yield made


def cells(zone: Zone, routes: list[Any]) -> list[Any]:
    return [
        pytest.param(zone, route, method, id=f"{zone}-{method}-{route.name}")
        for route in routes
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


ALL = [*cells(Zone.PUBLIC, public_routes), *cells(Zone.EXTRANET, extranet_routes)]


@pytest.mark.parametrize(("zone", "route", "method"), ALL)
def test_each_cell_is_as_the_policy_says(stage: Stage, zone: Zone, route: Route, method: str) -> None:
    ids = ids_for(stage, zone, route)
    before = None
    for name, actor in stage.actors[zone].items():
        expected = cell(stage, zone, route, actor)
        before = before or stage.rows()
        form = FORMS.get(route.name, {}) | AGAIN.get(name, {}).get(route.name, {})
        answer = stage.send(zone, actor, method, filled(route.path, ids), form)
        found = meaning(answer)
        assert found == expected, f"{name}: {answer.status_code} {answer.text[:300]}"
        if expected == OPEN:
            takes_effect = method == "POST" and (route.name in FORMS or route.name.startswith("case."))
            assert not takes_effect or stage.rows() != before, f"{name} gets through, yet nothing happens"
            before = None
            continue
        for nothing in unknown(route, ids) if expected == ABSENT else ():
            other = stage.send(zone, actor, method, filled(route.path, nothing), FORMS.get(route.name))
            assert (other.status_code, same(other)) == (404, same(answer)), f"{name} learns that it exists"
        assert stage.rows() == before, f"{name} changed something by a refused request"


NESTED = [one for one in ALL if len(re.findall(r"{(?!step|item_code|year)", one.values[1].path)) > 1]


@pytest.mark.parametrize(("zone", "route", "method"), NESTED)
def test_nobody_reaches_anothers_things_through_their_own(stage: Stage, zone: Zone, route: Route, method: str) -> None:
    """The outer id is one's own, the inner ids are another's."""
    person = "enterprise B" if zone is Zone.PUBLIC else "supervisor"
    ids = ids_for(stage, zone, route) | {name: stage.others[name] for name in ("code", "case_id", "consultation_id")}
    before = stage.rows()
    actor = stage.actors[zone][person]
    answer = stage.send(zone, actor, method, filled(route.path, ids), FORMS.get(route.name))
    # who may never do it at all is told so before anything is looked up
    may = zone is Zone.PUBLIC or may_ever(actor, route.endpoint.permission.allow)
    assert answer.status_code == (404 if may else 403), answer.text[:300]
    assert stage.rows() == before


@pytest.mark.parametrize(("zone", "routes"), [(Zone.PUBLIC, public_routes), (Zone.EXTRANET, extranet_routes)])
def test_a_method_that_no_route_names_leads_nowhere(stage: Stage, zone: Zone, routes: list[Any]) -> None:
    for path in {route.path for route in routes}:
        named = set().union(*(route.methods or set() for route in routes if route.path == path))
        ids = ids_for(stage, zone, next(route for route in routes if route.path == path))
        for method in {"POST", "PUT", "PATCH", "DELETE", "GET"} - named:
            for name, actor in list(stage.actors[zone].items())[-2:]:
                assert stage.send(zone, actor, method, filled(path, ids)).status_code == 405, f"{name} {method} {path}"


def test_the_matrix_is_as_large_as_it_looks(stage: Stage) -> None:
    """Every kind of answer occurs often: a matrix in which nobody is let in, or everybody, proves nothing."""
    counted = Counter(
        cell(stage, zone, route, actor)
        for zone, route, _ in (one.values for one in ALL)
        for actor in stage.actors[zone].values()
    )
    assert counted.total() > 700
    assert min(counted[kind] for kind in (OPEN, SIGN_IN, FORBIDDEN, ABSENT)) > 30


def cell(stage: Stage, zone: Zone, route: Route, actor: Actor) -> str:
    return public_cell(stage, actor, route) if zone is Zone.PUBLIC else extranet_cell(stage, actor, route)


def public_cell(stage: Stage, actor: Actor, route: Route) -> str:
    """What the policy says of a route of the internet portal: one's own, everybody's, or nobody's business."""
    found = reach(actor, route.endpoint.permission.allow)
    if found.nothing:
        return SIGN_IN
    names_something_owned = any("{" + name in route.path for name in SECRET)
    if found.everything or not names_something_owned or found.credit_code == stage.world.unit.credit_code:
        return OPEN
    return ABSENT


def extranet_cell(stage: Stage, actor: Actor, route: Route) -> str:
    """What the policy says of a route of the extranet portal: seeing decides on 404, acting on 403."""
    allow = route.endpoint.permission.allow
    if route.path == "/sign-in/code" and not actor.id:
        return SIGN_IN  # the password comes first
    if not may_ever(actor, allow):
        return FORBIDDEN if actor.id else SIGN_IN
    if allow == "calendar.revise" and "{region" in route.path:  # what one region has off of its own
        return OPEN if {"220000", "222400"} & reach(actor, allow).regions_below else FORBIDDEN
    if "{import_id" in route.path or "{table_id" in route.path:
        return OPEN if actor == stage.actors[Zone.EXTRANET][IMPORTER] else ABSENT
    if allow in (
        "guide_rule.publish",
        "guide_text.publish",
        "calendar.revise",
    ):  # one rule, one calendar for the whole province
        return OPEN if "220000" in reach(actor, allow).regions_below else FORBIDDEN
    for part, judge in THINGS.items():
        if part in route.path:
            return judge(stage, actor, route)
    return OPEN


def case_cell(stage: Stage, actor: Actor, route: Route) -> str:
    unit = unit_of(stage.world, int(ids_for(stage, Zone.EXTRANET, route)["case_id"]))
    if not reaches(stage, reach(actor, "case.see"), unit):
        return ABSENT
    return OPEN if reaches(stage, reach(actor, route.endpoint.permission.allow), unit) else FORBIDDEN


def project_cell(stage: Stage, actor: Actor, route: Route) -> str:
    """What the policy says of a route of one project: to see it, to change its list, to read a notice of a case."""
    allow = route.endpoint.permission.allow
    if not sees_project(stage, reach(actor, "project.see")):
        return ABSENT
    if allow == "due_item.change":
        lead = f"{stage.region}-miit"  # 公主岭's renovation is established by its filing at 工信 (IIT-01)
        return OPEN if reaches(stage, reach(actor, allow), lead) else FORBIDDEN
    if allow == "completion.reissue":
        return OPEN if coordinates(stage, actor, allow) else FORBIDDEN
    is_of_case = "{notice_id" in route.path
    return OPEN if not is_of_case or reaches(stage, reach(actor, "case.see"), stage.unit) else ABSENT


def letter_cell(stage: Stage, actor: Actor, route: Route) -> str:
    """A consultation is seen by both sides; the answer is the addressed unit's, everything else the asking unit's."""
    allow = route.endpoint.permission.allow
    asking, asked = stage.unit, f"{stage.region}-drc"
    if "redraft" in route.name or "discard" in route.name:  # a draft is its handlers' alone
        return OPEN if reaches(stage, reach(actor, "consultation.open"), asking) else ABSENT
    sees = reach(actor, "consultation.see")
    if not reaches(stage, sees, asking) and not reaches(stage, sees, asked):
        return ABSENT
    side = {"consultation.see": (asking, asked), "consultation.answer": (asked,)}.get(allow, (asking,))
    return OPEN if any(reaches(stage, reach(actor, allow), unit) for unit in side) else FORBIDDEN


def service_cell(stage: Stage, actor: Actor, route: Route) -> str:
    if not reaches(stage, reach(actor, "case.see"), stage.unit):
        return ABSENT
    return OPEN if reaches(stage, reach(actor, route.endpoint.permission.allow), stage.unit) else FORBIDDEN


def copy_cell(stage: Stage, actor: Actor, route: Route) -> str:
    """A copy is read where it came to, and by those who watch over that region."""
    found = reach(actor, route.endpoint.permission.allow)
    return OPEN if reaches(stage, found, f"{stage.region}-drc") else ABSENT


def agency_cell(stage: Stage, actor: Actor, route: Route) -> str:
    """Everybody reads the register; an agency is kept by the coordinators above the unit that listed it."""
    return OPEN if reaches(stage, reach(actor, route.endpoint.permission.allow), "220100-drc") else FORBIDDEN


def entry_cell(stage: Stage, actor: Actor, route: Route) -> str:
    """A legacy project is seen and mended by those who watch over its region."""
    with stage.world.extranet.reading() as session:
        above = organisations(session).above[stage.region]
    if not reach(actor, "legacy_project.see").regions_below & above:
        return ABSENT
    return OPEN if reach(actor, route.endpoint.permission.allow).regions_below & above else FORBIDDEN


THINGS = {
    "{entry_id": entry_cell,
    "{engagement_id": service_cell,
    "{copy_id": copy_cell,
    "{agency_id": agency_cell,
    "{case_id": case_cell,
    "{consultation_id": letter_cell,
    "{reply_id": letter_cell,
    "{change_id": project_cell,
    "{code": project_cell,
}
"""What an address of the extranet leads to → what the policy says of it."""


def reaches(stage: Stage, found: Reach, unit: str) -> bool:
    region, _, department = unit.partition("-")
    with stage.world.extranet.reading() as session:
        above = organisations(session).above[region]
    return admits(found, org_unit=unit, department=department, regions=above)


def coordinates(stage: Stage, actor: Actor, allow: str) -> bool:
    with stage.world.extranet.reading() as session:
        return bool(reach(actor, allow).regions_below & organisations(session).above[stage.region])


def sees_project(stage: Stage, found: Reach) -> bool:
    with stage.world.extranet.reading() as session:
        above = organisations(session).above[stage.region]
    return bool(found.regions_below & above) or bool(found.by_project & stage.due_units())


def ids_for(stage: Stage, zone: Zone, route: Route) -> dict[str, str]:
    ids = dict(stage.ids)
    if zone is Zone.EXTRANET:
        event = route.name.removeprefix("case.").removesuffix("_form")
        ids["case_id"] = str(stage.cases.get(event, ids["case_id"]))
        ids["material_id"] = ids["case_material_id"]
        subject, _, act = route.name.removesuffix("_form").partition(".")
        ids |= stage.asked.get(act, stage.asked["see"])
        if subject in ("consultation", "engagement"):
            ids["case_id"] = str(stage.cases["consultation"])
        ids["position"] = str(stage.held.get(route.name.removeprefix("exchange."), ids["position"]))
        if act == "cancel":
            ids["engagement_id"] = ids["cancelled_id"]
    elif route.name == "document.see_decision":
        ids["application_id"] = ids["decided_id"]
    return ids


def unknown(route: Route, ids: dict[str, str]) -> Iterator[dict[str, str]]:
    """The same address with its innermost id of nothing at all, and with none that means anything."""
    names = [name for name in re.findall(r"{(\w+)", route.path) if name != "step"]
    yield ids | {names[-1]: ABSENT_IDS.get(names[-1], "0" * 36)}
    if route.name != "project.notice_file":  # who sees the project may know that it is there
        yield ids | {name: ABSENT_IDS.get(name, "0" * 36) for name in names}


def filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"{(\w+)(:int)?}", lambda part: ids[part[1]], path)


def meaning(answer: Any) -> str:
    """What an answer amounts to for the person who asked."""
    location = answer.headers.get("location", "")
    if answer.status_code == 303 and location.startswith("/sign-in?next="):
        return SIGN_IN
    kinds = {403: FORBIDDEN, 404: ABSENT, 200: OPEN, 303: OPEN, 422: OPEN}
    return kinds[answer.status_code]


def same(answer: Any) -> str:
    """An answer without the form token, which differs from session to session."""
    return re.sub(r'name="csrf_token" value="\w+"', "", answer.text)
