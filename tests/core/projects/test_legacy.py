"""Legacy codes mapped to projects (A12.1): declared, typed, imported; unique, in both zones, within one's regions."""

import pytest
from sqlmodel import select

from core.domain.legacy_codes import Verdict
from core.errors import Absent, Conflict, RuleRefusal
from core.projects import legacy
from core.projects.legacy_list import legacy_page
from core.projects.link_tables import ExtranetLegacyCode, PublicLegacyCode
from core.projects.links import legacy_codes_of, project_of_legacy, resolve
from core.trace import entries_of_project
from tests.together import together
from tests.world import declare, make_officer

COORDINATOR = make_officer(("coordinator", "220100-drc"), name="郑立新")
ELSEWHERE = make_officer(("coordinator", "220200-drc"), name="高波")


def map_code(world, code, typed, *, by=COORDINATOR, **given):
    with world.extranet.writing() as session:
        legacy.map_code(session, code, typed, by=by, at=world.now, **given)


def read(world, data, *, by=COORDINATOR):
    with world.extranet.writing() as session:
        return legacy.read_import(session, data, "原编码.csv", by=by, at=world.now).id


def verdicts(world, import_id, *, by=COORDINATOR):
    with world.extranet.reading() as session:
        return [one.verdict for one in legacy.judge(session, legacy.import_of(session, by, import_id), by=by)]


def confirm(world, import_id, *, by=COORDINATOR, **given):
    with world.extranet.writing() as session:
        return legacy.confirm(session, legacy.import_of(session, by, import_id), by=by, at=world.now, **given)


def found_by(world, typed):
    """Which project each zone finds by a code."""
    with world.extranet.reading() as inside, world.public.reading() as outside:
        return project_of_legacy(inside, typed), project_of_legacy(outside, typed)


def test_a12_1_a_declared_legacy_code_is_found_in_both_zones(either_world):
    code = declare(either_world, "renovation", legacy_codes="吉发改备2015-018\n2106-440100-04-01-237448")
    either_world.pump()
    assert found_by(either_world, "吉发改备 2015018") == (code, code)
    with either_world.public.reading() as session:
        assert resolve(session, "2106-440100-04-01-237448") == code
        assert {row.kind for row in legacy_codes_of(session, code)} == {"other", "gb40058"}


def test_a12_1_a_declared_code_that_means_another_project_stays_with_the_first(world):
    first = declare(world, "renovation", legacy_codes="吉发改备2015-018")
    second = declare(world, "renovation", legacy_codes="吉发改备2015-018")
    world.pump()
    assert found_by(world, "吉发改备2015-018") == (first, first)
    with world.extranet.reading() as session:
        assert any("未对应" in entry.words for entry in entries_of_project(session, second))


def test_a12_1_an_officer_maps_one_and_takes_it_back(either_world):
    code = declare(either_world, "renovation")
    map_code(either_world, code, " 吉发改备2015-018 ", kind="department")
    either_world.pump()
    assert found_by(either_world, "吉发改备2015-018") == (code, code)
    with either_world.extranet.writing() as session:
        key = session.exec(select(ExtranetLegacyCode.key)).one()
        legacy.unmap_code(session, key, reason="原编码属于另一个项目", by=COORDINATOR, at=either_world.now)
    either_world.pump()
    assert found_by(either_world, "吉发改备2015-018") == ("", "")
    with either_world.extranet.reading() as session:
        words = [entry.words for entry in entries_of_project(session, code)]
    assert words[:2] == ["取消原编码对应：吉发改备2015-018", "对应原编码：吉发改备2015-018"]


def test_a12_1_a_code_taken_back_can_be_given_to_the_right_project(world):
    wrong, right = declare(world, "renovation"), declare(world, "renovation")
    map_code(world, wrong, "甲7")
    world.pump()
    with world.extranet.writing() as session:
        legacy.unmap_code(session, "甲7", reason="对应错误", by=COORDINATOR, at=world.now)
        legacy.map_code(session, right, "甲7", by=COORDINATOR, at=world.now)
    world.pump()
    assert found_by(world, "甲7") == (right, right)


def test_a12_1_what_is_mapped_already_or_ours_or_beyond_reach_is_refused(world):
    code, other = declare(world, "renovation"), declare(world, "renovation")
    map_code(world, code, "甲7")
    for given, says in (
        ({"code": other, "typed": "甲-7"}, f"已对应到项目 {code}"),
        ({"code": code, "typed": "甲 7"}, "已经对应到这个项目"),
        ({"code": code, "typed": other}, "不是原编码"),
        ({"code": code, "typed": "甲8", "by": ELSEWHERE}, "管辖范围"),
        ({"code": "2026-220184-13-03-000999", "typed": "甲8"}, "没有这个项目代码"),
    ):
        with pytest.raises(RuleRefusal, match=says):
            map_code(world, **given)
    with world.extranet.writing() as session:
        with pytest.raises(Absent):
            legacy.unmap_code(session, "甲7", reason="不该看到", by=ELSEWHERE, at=world.now)
        with pytest.raises(RuleRefusal, match="理由"):
            legacy.unmap_code(session, "甲7", reason=" ", by=COORDINATOR, at=world.now)


def test_a12_1_two_officers_who_map_one_code_at_once_make_one_mapping(either_world):
    codes = [declare(either_world, "renovation"), declare(either_world, "renovation")]
    came_to = together(lambda code: map_code(either_world, code, "甲7"), codes)
    assert sorted(isinstance(one, Conflict | RuleRefusal) for one in came_to) == [False, True]
    with either_world.extranet.reading() as session:
        assert session.exec(select(ExtranetLegacyCode.project_code)).one() == codes[came_to.index(None)]


def test_a12_1_a_dry_run_changes_nothing_and_names_what_is_wrong_with_each_row(world):
    code, other, far = (declare(world, sample) for sample in ("renovation", "renovation", "school"))
    map_code(world, code, "甲1")
    table = f"甲1,{code}\n甲1,{other}\n乙2,{code}\n乙-2,{other}\n丙3,2026-220184-13-03-000999\n丁4\n戊5,{far}\n"
    import_id = read(world, table.encode("gbk"))
    assert verdicts(world, import_id) == [
        Verdict.KNOWN, Verdict.DUPLICATE, Verdict.OK, Verdict.DUPLICATE, Verdict.UNKNOWN_CODE, Verdict.MALFORMED,
        Verdict.UNKNOWN_CODE,
    ]  # fmt: skip
    assert found_by(world, "乙2") == ("", "")
    assert confirm(world, import_id) == 1
    world.pump()
    assert found_by(world, "乙2") == (code, code)
    with pytest.raises(RuleRefusal, match="已经确认过"):
        confirm(world, import_id)


def test_a12_1_what_was_mapped_between_look_and_confirmation_is_not_mapped_again(world):
    code, other = declare(world, "renovation"), declare(world, "renovation")
    import_id = read(world, f"甲1,{code}\n乙2,{code}\n".encode())
    map_code(world, other, "甲1")
    assert confirm(world, import_id) == 1
    assert found_by(world, "甲1")[0] == other


def test_a12_1_a_file_confirmed_twice_at_once_is_mapped_once(either_world):
    import_id = read(either_world, f"甲1,{declare(either_world, 'renovation')}\n".encode())
    came_to = together(lambda _: confirm(either_world, import_id, seen=1), [1, 2])
    assert sum(one == 1 for one in came_to) == 1
    assert sum(isinstance(one, Conflict | RuleRefusal) for one in came_to) == 1


def test_a12_1_a_long_file_is_mapped_as_far_as_a_project_may_have_codes(world):
    codes = [declare(world, "renovation") for _ in range(3)]
    rows = "".join(f"吉备{number:05d},{codes[number % 3]}\r\n" for number in range(720))
    import_id = read(world, rows.encode("utf-8-sig"))
    found = verdicts(world, import_id)
    assert (found.count(Verdict.OK), found.count(Verdict.TOO_MANY)) == (600, 120)
    assert confirm(world, import_id) == 600
    world.pump()
    with world.public.reading() as session:
        told = session.exec(select(PublicLegacyCode.project_code)).all()
    assert {code: told.count(code) for code in codes} == dict.fromkeys(codes, 200)
    with pytest.raises(RuleRefusal, match="最多对应 200 个"):
        map_code(world, codes[0], "还有一个")


def test_a_file_is_its_officers_own(world):
    import_id = read(world, b"1,2")
    with world.extranet.reading() as session, pytest.raises(Absent):
        legacy.import_of(session, ELSEWHERE, import_id)


def test_the_list_holds_what_lies_in_ones_regions_and_finds_by_any_spelling(world):
    code, _ = declare(world, "renovation", legacy_codes="甲-1\n乙2"), declare(world, "school", legacy_codes="丙3")
    with world.extranet.reading() as session:
        assert {row.value for row in legacy_page(session, COORDINATOR)} == {"甲-1", "乙2"}
        assert {row.project_code for row in legacy_page(session, COORDINATOR, words="甲1")} == {code}
        assert legacy_page(session, ELSEWHERE) == []
