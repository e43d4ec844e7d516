"""A zone's mirrors rebuilt from the other zone's messages into a fresh database equal the old ones (A2.1)."""

from contextlib import closing

import pytest
from sqlmodel import select

from core.database import ExtranetTable, PublicTable, Zone, open_database
from core.domain.policy import Role
from core.engagements.tables import ToldEngagement
from core.errors import RuleRefusal
from core.exchange.archiving import archive
from core.exchange.message import Direction
from core.exchange.rebuilding import rebuild
from core.mirrors import compare_mirrors, kinds_of, lay_out_shared, mirrored
from core.projects import legacy
from tests.core.cases.acts import bring, do
from tests.core.cases.project_acts import commission, register_agency
from tests.core.cases.test_voiding import carried
from tests.core.exchange.test_archiving import LATE
from tests.core.exchange.test_reconciling import tamper
from tests.world import case_of, decide, make_officer
from tests.worlds import Worlds, one_left

PLACED = make_officer((Role.COORDINATOR, "220000-drc"))


@pytest.fixture
def either_last_item(worlds: Worlds, engine_kind: str):
    with worlds.copy("sqlite", one_left) as copied:
        yield copied, engine_kind


@pytest.mark.parametrize("zone", list(Zone))
def test_a_rebuilt_mirror_equals_the_old_one(last_item_world, database_templates, zone):
    world = last_item_world
    old, far = (world.public, world.extranet) if zone is Zone.PUBLIC else (world.extranet, world.public)
    with database_templates.copy("sqlite", zone) as url, closing(open_database(url, zone)) as new:
        lay_out_shared(old, new)
        done = rebuild(far, new, world.post.verifiers[far.zone], kinds_of(zone))
        compared = compare_mirrors(old, new)
        assert [one for one in compared if not one.is_equal] == []
        assert (done.refused, done.applied > 0) == (0, True)
        filled = {one.table for one in compared if one.old[0]}
        assert filled >= (
            {"region", "guide_version", "published_result", "notice", "due_item", "application"}
            if zone is Zone.PUBLIC
            else {"enterprise"}
        )
        tamper_one(old, zone)
        assert [one.table for one in compare_mirrors(old, new) if not one.is_equal] == [MARKED[zone]]


def test_mirrors_that_point_at_the_zones_own_rows_are_rebuilt_without_them(either_last_item, database_templates):
    world, engine = either_last_item
    decide(world, case_of(world, "DRC-06"))
    world.pump()
    case_id = case_of(world, "ECO-02")
    do(world, case_id, "propose_correction")
    do(world, case_id, "correct")
    world.pump()
    with world.extranet.writing() as session:
        legacy.map_code(session, world.code, "吉发改备〔2015〕7 号", by=PLACED, at=world.now)
    world.pump()
    with database_templates.copy(engine, Zone.PUBLIC) as url, closing(open_database(url, Zone.PUBLIC)) as new:
        lay_out_shared(world.public, new)
        rebuild(world.extranet, new, world.post.verifiers[Zone.EXTRANET], kinds_of(Zone.PUBLIC))
        compared = compare_mirrors(world.public, new)
    assert [one for one in compared if not one.is_equal] == []
    assert {one.table for one in compared if one.old[0]} >= {"due_list_version", "published_result", "legacy_code"}


def test_progress_that_was_altered_in_the_internet_zone_is_found(last_item_world, database_templates):
    world = last_item_world
    with world.public.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE application SET concluded_on = '2026-12-31' WHERE item_code = 'DRC-06'")
        connection.exec_driver_sql("UPDATE notice SET number = '改过' WHERE kind = 'acceptance'")
    with database_templates.copy("sqlite", Zone.PUBLIC) as url, closing(open_database(url, Zone.PUBLIC)) as new:
        lay_out_shared(world.public, new)
        rebuild(world.extranet, new, world.post.verifiers[Zone.EXTRANET], kinds_of(Zone.PUBLIC))
        compared = compare_mirrors(world.public, new)
    assert {one.table for one in compared if not one.is_equal} == {"application", "notice"}


def test_the_mirrors_of_a_case_that_goes_on_under_a_new_code_are_rebuilt(applied_world, database_templates):
    world = applied_world
    case_id = case_of(world, "ECO-02")
    bring(world, case_id, "in_handling")
    register_agency(world)
    commission(world, case_id, "commission")
    world.pump()
    new_code = carried(world)
    with database_templates.copy("sqlite", Zone.PUBLIC) as url, closing(open_database(url, Zone.PUBLIC)) as new:
        lay_out_shared(world.public, new)
        rebuild(world.extranet, new, world.post.verifiers[Zone.EXTRANET], kinds_of(Zone.PUBLIC))
        assert [one for one in compare_mirrors(world.public, new) if not one.is_equal] == []
        with new.reading() as session:
            assert session.exec(select(ToldEngagement.project_code)).all() == [new_code]


BOTH = {
    "audit_entry", "form_nonce", "parked_form", "project_link", "publication", "serial", "session", "sign_in_failure",
    *(f"exchange_{part}" for part in ("message", "unsealed", "place", "carried", "seal", "channel", "lease", "block")),
    "exchange_pulse", "exchange_archive",
}  # fmt: skip
KEPT = {
    Zone.PUBLIC: BOTH | {
        # people and what they enter
        "account", "enterprise", "draft", "material", "application_letter", "change_request",
        # made of what is told and of what the zone held at that moment
        "message", "project_event", "result_search",
    },
    Zone.EXTRANET: BOTH | {
        # what officers do; what is told starts it, and stands in no message as it is now
        "absence", "agency", "calendar_day", "calendar_revision", "calendar_year", "case", "case_letter",
        "case_material", "case_note", "case_transfer", "clock", "consultation", "consultation_answer",
        "consultation_material", "consultation_reply", "copy", "copy_receipt", "decision", "declaration", "disclosure",
        "due_item", "due_list_version", "engagement", "exchange_far_standing", "exchange_skip", "guide_version",
        "late_record", "legacy_code", "legacy_import", "legacy_project", "legacy_project_import",
        "light_event", "notice", "officer", "officer_grant", "org_unit",
        "pause", "pause_overrun", "project", "project_change", "project_search", "region", "reply_light", "saved_view",
        "sign_off", "supplement",
    },
}  # fmt: skip
"""The tables that can't be rebuilt from what the other zone told."""


@pytest.mark.parametrize(("zone", "base"), [(Zone.PUBLIC, PublicTable), (Zone.EXTRANET, ExtranetTable)])
def test_every_table_is_a_mirror_or_named_as_none(zone, base):
    assert set(mirrored(zone)) | KEPT[zone] == set(base.metadata.tables)
    assert not set(mirrored(zone)) & KEPT[zone]


MARKED = {Zone.PUBLIC: "published_result", Zone.EXTRANET: "enterprise"}


def tamper_one(db, zone):
    with db.engine.begin() as connection:
        column = "project_name" if zone is Zone.PUBLIC else "name"
        connection.exec_driver_sql(f"UPDATE {MARKED[zone]} SET {column} = '改过'")


def test_an_altered_log_rebuilds_nothing(last_item_world, database_templates):
    world = last_item_world
    second = "(SELECT position FROM exchange_place WHERE number = 2)"
    tamper(world.extranet, f"UPDATE exchange_message SET body = '{{}}' WHERE position = {second}")
    with database_templates.copy("sqlite", Zone.PUBLIC) as url, closing(open_database(url, Zone.PUBLIC)) as new:
        with pytest.raises(RuleRefusal, match="内容与摘要不符"):
            rebuild(world.extranet, new, world.post.verifiers[Zone.EXTRANET], kinds_of(Zone.PUBLIC))
        assert {one.new[0] for one in compare_mirrors(world.public, new)} == {0}


def test_what_was_archived_is_rebuilt_from_the_files(last_item_world, database_templates, tmp_path):
    world = last_item_world
    verifiers = {direction: world.post.verifiers[direction.origin] for direction in Direction}
    made = archive(world.extranet, tmp_path, before=LATE, verifiers=verifiers, now=LATE)
    files = [path for path in made if path.name.startswith("to_internet")]
    assert files
    with database_templates.copy("sqlite", Zone.PUBLIC) as url, closing(open_database(url, Zone.PUBLIC)) as new:
        lay_out_shared(world.public, new)
        rebuild(world.extranet, new, verifiers[Direction.TO_INTERNET], kinds_of(Zone.PUBLIC), files)
        assert [one for one in compare_mirrors(world.public, new) if not one.is_equal] == []
    with (
        database_templates.copy("sqlite", Zone.PUBLIC) as url,
        closing(open_database(url, Zone.PUBLIC)) as new,
        pytest.raises(RuleRefusal, match="缺少第 1 号"),
    ):
        rebuild(world.extranet, new, verifiers[Direction.TO_INTERNET], kinds_of(Zone.PUBLIC))
