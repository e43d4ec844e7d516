"""What the inbox brings to whom, and figures that count the list they lead to (A14.3, A14.4a, A14.5, A15.2)."""

import re
from datetime import date

import pytest
from sqlmodel import select

from core.cases import assigning
from core.cases.tables import Case
from tests import world as cast
from tests.core.cases.acts import do, lead, needs_reviews
from tests.extranet_portal.seats import Desk, Office
from tests.extranet_portal.test_case_work import actor, stand_in
from tests.extranet_portal.test_desk import many
from tests.public_portal.browser import Page

UNIT = "220184-ee"
LINK = re.compile(r'<a href="(?P<href>/cases(?:\?[^"]*)?)"(?P<rest>[^>]*)>(?P<words>.*?)</a>', re.DOTALL)


def needed(desk: Desk) -> Page:
    return desk.open("/cases?who=me")


def total(page: Page) -> int:
    """How many cases the page says that its list holds."""
    found = re.search(r'id="inbox-heading">[^<]*?(\d+) 件', page.html)
    assert found is not None
    return int(found[1])


def test_a14_4a_a_case_that_its_clerk_took_and_accepted_needs_every_handler(office: Office, clerk: Desk) -> None:
    handler = office.seat("handler", UNIT)
    clerk.press(clerk.open(f"/cases/{office.case_id('ECO-02')}"), "领取")
    lead(office.world, office.case_id("ECO-02"), "in_handling")
    assert (total(needed(handler)), total(needed(clerk))) == (1, 0)


def test_a14_3_a_case_given_to_a_handler_before_its_review_needs_every_clerk(office: Office, clerk: Desk) -> None:
    handler = office.seat("handler", UNIT)
    act_as = actor(office, handler)
    cast.act(office.world, office.case_id("ECO-02"), assigning.take, by=act_as)
    assert (total(needed(handler)), total(needed(clerk))) == (0, 1)


def test_a14_4a_a_reviewer_before_the_approver_and_each_once(office: Office) -> None:
    reviewer, approver = office.seat("reviewer", UNIT, name="韩雪"), office.seat("approver", UNIT, name="周振宇")
    case_id = lead(office.world, office.case_id("ECO-02"), "awaiting_sign_off")
    with office.world.extranet.writing() as session:
        session.get_one(Case, case_id).reviews_left = 2
    assert (total(needed(reviewer)), total(needed(approver))) == (1, 0)
    do(office.world, case_id, "review", by=actor(office, reviewer))
    assert (total(needed(reviewer)), total(needed(approver))) == (0, 0)
    do(office.world, case_id, "review")
    assert (total(needed(reviewer)), total(needed(approver))) == (0, 1)


@pytest.mark.parametrize("kind", ["correction", "revocation"])
def test_a14_5_a_proposed_amendment_needs_the_approver_until_it_is_returned(office: Office, kind: str) -> None:
    approver = office.seat("approver", UNIT)
    case_id = lead(office.world, office.case_id("ECO-02"), "concluded")
    assert total(needed(approver)) == 0
    do(office.world, case_id, f"propose_{kind}")
    assert "更正或撤销" in needed(approver).text
    assert total(approver.open("/cases")) == total(approver.open("/cases?view=concluded")) == 1
    do(office.world, case_id, "return_amendment")
    assert total(needed(approver)) == 0


def test_a14_5_an_amendment_needs_its_reviewer_before_the_approver(office: Office) -> None:
    reviewer, approver = office.seat("reviewer", UNIT, name="韩雪"), office.seat("approver", UNIT, name="周振宇")
    needs_reviews(office.world, "ECO-02", levels=2)
    case_id = lead(office.world, office.case_id("ECO-02"), "concluded")
    do(office.world, case_id, "propose_correction")
    assert (total(needed(reviewer)), total(needed(approver))) == (1, 0)
    do(office.world, case_id, "review", by=actor(office, reviewer))
    assert (total(needed(reviewer)), total(needed(approver))) == (0, 1)


@pytest.mark.parametrize("event", ["propose_correction", "propose_revocation"])
def test_a14_5_a_signed_amendment_needs_nobody_and_stays_in_sight(office: Office, event: str) -> None:
    approver = office.seat("approver", UNIT)
    case_id = lead(office.world, office.case_id("ECO-02"), "concluded")
    do(office.world, case_id, event)
    do(office.world, case_id, "correct" if event == "propose_correction" else "revoke")
    assert total(needed(approver)) == 0
    assert [total(approver.open(f"/cases?view={view}")) for view in ("concluded", "ended")] == (
        [1, 0] if event == "propose_correction" else [0, 1]
    )


def test_a14_3_a_request_that_was_not_answered_in_time_needs_the_clerk(office: Office, clerk: Desk) -> None:
    lead(office.world, office.case_id("ECO-02"), "awaiting_supplement")  # to be answered by 23 December
    for day, number in ((date(2026, 12, 23), 0), (date(2026, 12, 24), 1)):
        office.world.on(day)
        office.sign_in(clerk)
        assert total(needed(clerk)) == number
    assert "补正逾期" in needed(clerk).text


def test_a15_2_a_pause_beyond_its_expected_end_is_counted_and_listed(office: Office) -> None:
    handler = office.seat("handler", UNIT)
    do(office.world, lead(office.world, office.case_id("ECO-02"), "in_handling"), "pause")  # until 23 December
    assert total(handler.open("/cases?view=overrun")) == 0
    office.world.on(date(2026, 12, 24))
    office.sign_in(handler)
    page = handler.open("/cases")
    assert "本单位暂停超期 1 件" in page.text
    assert total(handler.open(figures(page)["本单位暂停超期"][0])) == 1
    do(office.world, office.case_id("ECO-02"), "resume")
    assert total(handler.open("/cases?view=overrun")) == 0


def test_a_substitute_is_brought_what_lies_with_the_absent_colleague(office: Office, clerk: Desk) -> None:
    li = office.seat("handler", UNIT, name="李岩")
    clerk.press(clerk.open(f"/cases/{office.case_id('ECO-02')}"), "领取")
    stand_in(office, clerk, li)
    assert (total(needed(li)), total(li.open("/cases?who=mine"))) == (1, 1)
    other = office.seat("clerk", UNIT, name="孙立")
    assert (total(needed(other)), total(other.open("/cases?who=mine"))) == (0, 0)


def test_what_lies_with_a_colleague_is_found_by_name(office: Office, clerk: Desk) -> None:
    li = office.seat("handler", UNIT, name="李岩")
    cast.act(office.world, office.case_id("ECO-02"), assigning.take, by=actor(office, li))
    page = clerk.open(f"/cases?who={li.officer_id}")
    assert "由李岩经办 1 件" in page.text
    assert total(clerk.open(f"/cases?who={clerk.officer_id}")) == 0
    assert f'value="{li.officer_id}" selected' in page.html


def test_a2_2_an_office_above_narrows_its_cases_to_a_region(office: Office) -> None:
    with office.world.extranet.writing() as session:
        session.get_one(Case, office.case_id("ECO-02")).org_unit = "220100-ee"
    above = office.seat("handler", "220100-ee")
    assert [total(above.open(f"/cases?region={code}")) for code in ("220184", "220102", "nowhere")] == [1, 0, 1]
    assert "公主岭市" in above.open("/cases").html
    assert 'name="region"' not in office.seat("handler", UNIT).open("/cases").html


@pytest.mark.parametrize(
    "address",
    [
        "/cases",
        "/cases?who=me",
        "/cases?view=concluded&who=mine",
        "/cases?since=2026-11-23&q=公主岭&light=green",
        "/cases?view=in_handling&who=mine&light=yellow&due=later&item=ECO-02&sort=received",
    ],
)
def test_every_figure_counts_the_list_it_leads_to(office: Office, clerk: Desk, address: str) -> None:
    many(office.world, office.case_id("ECO-02"), 40)
    spread(office, clerk)
    page = clerk.open(address)
    assert len(figures(page)) > 10
    for words, (href, number) in figures(page).items():
        assert total(clerk.open(href)) == number, words


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("/cases?who=me&q=2026&light=green", "/cases?view=submitted&q=2026&light=green"),
        ("/cases?view=in_handling&who=mine&item=ECO-02", "/cases?view=submitted&who=mine&item=ECO-02"),
    ],
)
def test_a_view_keeps_the_other_filters(clerk: Desk, address: str, href: str) -> None:
    assert figures(clerk.open(address))["待初审"][0] == href


def spread(office: Office, clerk: Desk) -> None:
    """The unit's cases in many states, some with the clerk, some with another."""
    states = ("submitted", "under_acceptance", "in_handling", "awaiting_sign_off", "awaiting_supplement", "concluded")
    ended = {"concluded_at": office.world.now, "due_on": None, "is_paused": False}
    with office.world.extranet.writing() as session:
        for place, case in enumerate(session.exec(select(Case).where(Case.org_unit == UNIT))):
            case.state = states[place % 6]
            case.assigned_to = ("", clerk.officer_id, "another")[place % 5 % 3]
            case.warn_on, case.answer_by = date(2026, 11, 23), date(2026, 11, 20 + place % 7)
            case.received_on = date(2026, 11, 18 + place % 6)
            if case.state == "concluded":
                case.amendment = "correction" if place % 12 == 5 else ""
                for name, value in ended.items():
                    setattr(case, name, value)


def figures(page: Page) -> dict[str, tuple[str, int]]:
    """What the page's links to lists count: words → address, number; a light that is on leads back to all of them."""
    found = {}
    for link in LINK.finditer(page.html):
        words = re.sub(r"<[^>]+>|\s", "", link["words"])
        number = re.search(r"(\d+)(?:件)?$", words)
        if number is not None and 'aria-current="true"' not in link["rest"]:
            found[words[: number.start()]] = (link["href"].replace("&amp;", "&"), int(number[1]))
    return found
