"""第二条：two networks, all levels in one platform, all departments at the same time."""

import sqlalchemy as sa
from sqlmodel import col, select

import core.tables  # noqa: F401  the metadata is whole only when every table was imported
from core.cases.queries import case_for, visible
from core.cases.tables import Case
from core.database import ExtranetTable, PublicTable, Zone
from core.exchange.placed import rows_with_places
from core.projects.tables import DueItem
from tests.core.cases.acts import bring
from tests.world import accept, application, case, case_of, declare, make_officer

SECRETS = {"password_hash", "totp_secret", "mobile", "answers", "opinion", "scan_digest", "actor_id", "address"}


def columns(base, table):
    return set(base.metadata.tables[table].columns.keys())


def test_a2_1_no_row_of_one_zone_can_point_at_a_row_of_the_other():
    for base in (PublicTable, ExtranetTable):
        for table in base.metadata.tables.values():
            assert all(key.column.table.metadata is base.metadata for key in table.foreign_keys)
    assert PublicTable.metadata is not ExtranetTable.metadata


def test_a2_1_what_is_done_in_one_zone_is_not_in_the_other_until_the_exchange_has_carried_it(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    accept(applied_world, case_id)
    assert application(applied_world, applied_world.code, "ECO-02").state == "submitted"
    applied_world.pump()
    assert application(applied_world, applied_world.code, "ECO-02").state == "in_handling"


def test_a2_1_everything_that_crossed_left_its_numbered_and_sealed_row_in_both_zones(applied_world):
    told, received = (rows(applied_world, zone, "to_extranet") for zone in Zone)
    assert told == received
    assert [row[0] for row in told] == list(range(1, len(told) + 1))


def rows(world, zone, direction):
    table = rows_with_places(zone)
    found = sa.select(table.c.number, table.c.id, table.c.digest).where(table.c.direction == direction)
    with (world.public if zone is Zone.PUBLIC else world.extranet).reading() as session:
        return [tuple(row) for row in session.connection().execute(found.order_by(table.c.number))]


def test_a2_1_the_extranet_holds_no_credentials_or_contacts_of_enterprises():
    assert not columns(ExtranetTable, "enterprise") & SECRETS
    assert "account" not in ExtranetTable.metadata.tables
    assert "officer" not in PublicTable.metadata.tables
    assert "decision" not in PublicTable.metadata.tables


def test_a2_2_every_level_works_in_the_same_platform_and_sees_its_own_subtree(applied_world):
    pig_farm = declare(applied_world, "pig_farm")
    with applied_world.extranet.reading() as session:
        units = {row.org_unit[:6] for row in session.exec(select(DueItem)).all()}
        assert {"220184", "220700", "220721"} <= units
        province = make_officer(("clerk", "220000-ee"))
        found = session.exec(select(Case.project_code).where(visible(session, province))).all()
    assert set(found) == {applied_world.code}
    assert pig_farm != applied_world.code


def test_a2_3_departments_work_at_the_same_time_and_none_waits_for_another(applied_world):
    for item in ("ECO-02", "DRC-06"):
        bring(applied_world, case_of(applied_world, item), "in_handling")
    states = {item: case(applied_world, case_of(applied_world, item)).state for item in ("ECO-02", "DRC-06", "IIT-01")}
    assert states == {"ECO-02": "in_handling", "DRC-06": "in_handling", "IIT-01": "submitted"}


def test_a2_3_a_department_sees_what_the_others_do_with_the_same_project_but_opens_only_its_own(applied_world):
    environment = make_officer(("clerk", "220184-ee"))
    with applied_world.extranet.reading() as session:
        mine = session.exec(select(Case.item_code).where(visible(session, environment), col(Case.id) > 0)).all()
        assert mine == ["ECO-02"]
        assert case_for(session, environment, case_of(applied_world, "ECO-02")).org_unit == "220184-ee"
