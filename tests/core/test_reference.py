"""The reference files (A5.1, A14.1b, A14.1c): whole, consistent, and read into the values the rules run on."""

import pytest

from core.domain.conditions import identifiers
from core.domain.declaration import shown
from core.domain.due_items import STAGES
from core.domain.fields import Choice, Kind
from core.domain.remit import LEVELS, Level, competent_region
from core.reference.form import inline_choices, read_fields
from core.reference.loader import load, rows
from core.reference.org_units import org_unit_name, org_units
from tests.domain.sample_declarations import TODAY

REFERENCE = load()
LABELS = {spec.identifier: spec for spec in REFERENCE.fields}


@pytest.mark.parametrize(
    ("part", "count"),
    [
        ("regions", 98),
        ("departments", 30),
        ("industries", 97),
        ("items", 62),
        ("materials", 332),
        ("relations", 77),
        ("fields", 106),
        ("report_fields", 7),
        ("code_lists", 24),
        ("pause_grounds", 19),
        ("steps", 14),
    ],
)
def test_every_row_of_every_file_is_read(part, count):
    assert len(getattr(REFERENCE, part)) == count


@pytest.mark.parametrize("project_type", ["01", "02", "03"])
def test_a_step_of_the_form_asks_no_more_than_fits_two_screens(project_type):
    facts = {"project_type": project_type}
    asked = {step.slug: sum(shown(LABELS[name], facts) for name in step.fields) for step in REFERENCE.steps}
    assert max(asked.values()) <= 10, asked
    assert min(asked[step.slug] for step in REFERENCE.steps[:-1]) >= 3, asked


def test_the_files_are_read_once():
    assert load() is load()


def test_every_code_that_a_row_names_exists():
    stages = {choice.code for choice in REFERENCE.code_lists["stage"]}
    kinds = {choice.code for choice in REFERENCE.code_lists["item_kind"]}
    grounds = {ground.code for ground in REFERENCE.pause_grounds}
    assert set(STAGES) == stages
    for item in REFERENCE.items:
        assert item.department in REFERENCE.department_by_code
        assert item.stage in stages
        assert item.kind in kinds
        assert item.handling_levels
        assert set(item.pause_grounds) <= grounds
        assert identifiers(item.rule) <= set(REFERENCE.field_by_identifier)
        assert REFERENCE.materials_of(item.code)
    for relation in REFERENCE.relations:
        assert {relation.item_code, relation.prerequisite} <= set(REFERENCE.item_by_code)
    assert {material.item_code for material in REFERENCE.materials} <= set(REFERENCE.item_by_code)
    assert {material.required for material in REFERENCE.materials} == {"yes", "no", "conditional"}


def test_every_region_but_the_province_lies_in_a_known_one():
    for region in REFERENCE.regions[1:]:
        assert region.parent_code in REFERENCE.region_by_code


def test_zero_days_and_no_limit_are_different_things():
    assert REFERENCE.item_by_code["DRC-05"].statutory_limit == 0
    assert REFERENCE.item_by_code["DRC-01"].statutory_limit is None
    assert REFERENCE.item_by_code["DRC-04"].statutory_limit == 20


def test_what_the_law_says_of_a_relation_is_in_chinese():
    for relation in REFERENCE.relations:
        assert "practice" not in relation.legal_basis
        assert "public summary" not in relation.legal_basis


def test_shared_materials_are_not_asked_of_the_unit():
    shared = {material.code for material in REFERENCE.materials_of("DRC-02") if material.is_shared}
    assert "LICENCE" in shared
    assert "FEASIBILITY" not in shared


def test_a15_2_only_a_supplement_restarts_a_clock():
    assert [ground.code for ground in REFERENCE.pause_grounds if ground.restarts] == ["supplement"]
    assert not [ground.code for ground in REFERENCE.pause_grounds if ground.counts_in_limit]


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("01 基本建设|02 技术改造", (Choice("01", "基本建设"), Choice("02", "技术改造"))),
        ("农林水利|能源", (Choice("农林水利", "农林水利"), Choice("能源", "能源"))),
        ("none|mine 矿山|other", (Choice("none", "不涉及"), Choice("mine", "矿山"), Choice("other", "其他"))),
        ("none 不涉及", (Choice("none", "不涉及"),)),
    ],
)
def test_code_lists_written_into_a_row_are_read(text, choices):
    assert inline_choices(text) == choices


def test_a14_1b_every_field_with_a_list_offers_choices_with_chinese_names():
    for spec in (*REFERENCE.fields, *REFERENCE.report_fields):
        if spec.kind in (Kind.CHOICE, Kind.CHOICES, Kind.LEGACY_CODES):
            assert len(spec.choices) > 1
            assert not [choice.name for choice in spec.choices if choice.name.isascii()]
    assert REFERENCE.name_in("project_type", "03") == "备案"
    with pytest.raises(KeyError):
        REFERENCE.name_in("project_type", "09")


def test_a14_1b_the_form_asks_every_field_once_and_begins_with_what_is_classified():
    asked = [field for step in REFERENCE.steps for field in step.fields]
    assert len(asked) == len(set(asked)) == 106
    assert asked[0] == "not_classified_declared"
    assert [spec.identifier for spec in REFERENCE.fields] == asked
    assert [step.slug for step in REFERENCE.steps if not step.fields] == ["review"]
    assert [step.number for step in REFERENCE.steps] == list(range(1, 15))


def test_a14_1b_a_field_stands_after_the_question_it_hangs_on():
    place = {spec.identifier: number for number, spec in enumerate(REFERENCE.fields)}
    step = {spec.identifier: spec.step for spec in REFERENCE.fields}
    for spec in REFERENCE.fields:
        if spec.condition:
            assert place[spec.condition] < place[spec.identifier]
            assert step[spec.condition] == spec.step


def test_a14_1b_a_field_without_a_step_is_noticed():
    with pytest.raises(KeyError, match="without a step"):
        read_fields(rows("project_fields"), rows("field_hints"), REFERENCE.steps[1:], REFERENCE.code_lists)


def test_a14_1b_hints_are_short():
    for spec in REFERENCE.fields:
        assert 0 < len(spec.hint) <= 60


def test_a5_1_wherever_an_item_belongs_there_is_an_org_unit():
    units = {(unit.department, unit.region_code) for unit in org_units()}
    for item in REFERENCE.items:
        for region in REFERENCE.regions:
            for level in LEVELS:
                found = competent_region(
                    item.handling_levels,
                    project_level=level,
                    region_code=region.code,
                    regions=REFERENCE.region_by_code,
                    on=TODAY,
                )
                assert (item.department, found) in units


def test_a7_1_the_coordinator_is_everywhere():
    assert {unit.region_code for unit in org_units() if unit.department == "drc"} == set(REFERENCE.region_by_code)


def test_a5_1_no_two_org_units_have_the_same_name():
    names = [unit.name for unit in org_units()]
    assert len(names) == len(set(names))
    assert not [name for name in names if "{" in name]


@pytest.mark.parametrize(
    ("department", "region", "name"),
    [
        ("nr", "220000", "吉林省自然资源厅"),
        ("resettlement", "220000", "吉林省水利厅（移民管理）"),
        ("drc", "220100", "长春市发展和改革委员会"),
        ("ee", "220100", "长春市生态环境局"),
        ("drc", "220184", "公主岭市发展和改革局"),
        ("nr", "220184", "公主岭市自然资源局"),
        ("ee", "220184", "长春市生态环境局公主岭市分局"),
        ("ee", "220102", "长春市生态环境局南关区分局"),
        ("drc", "220102", "长春市南关区发展和改革局"),
        ("drc", "222400", "延边朝鲜族自治州发展和改革委员会"),
        ("drc", "229911", "长春新区管理委员会（发展改革）"),
        ("ee", "229901", "长白山保护开发区管理委员会（生态环境）"),
        ("nr", "220100", "长春市规划和自然资源局"),
    ],
)
def test_a5_1_org_units_bear_the_names_people_know(department, region, name):
    assert org_unit_name(department, region) == name


def test_a5_1_every_department_has_a_name_at_every_level():
    sample = {Level.PROVINCE: "220000", Level.PREFECTURE: "220200", Level.COUNTY: "220221", Level.ZONE: "229911"}
    for department in REFERENCE.departments:
        for region in sample.values():
            assert org_unit_name(department.code, region)


def test_the_copies_keep_their_marks_of_certainty():
    assert {row["certainty"] for row in rows("org_unit_names")} == {
        "from memory, to be checked by the operating department"
    }
    assert any("to be checked" in item.certainty for item in REFERENCE.items)
