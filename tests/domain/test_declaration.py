"""The declaration (A14.1b): what is asked of whom, what contradicts itself, what the public sees."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Ground
from core.domain.declaration import (
    all_errors,
    home_region,
    is_required,
    public_facts,
    read_answers,
    refuse_errors,
    refuse_undeclared,
    shown,
    step_errors,
    texts,
)
from core.domain.secrecy import refuse_classified
from core.errors import FormRefusal
from core.reference.loader import load
from tests.domain.sample_declarations import (
    HOTEL,
    LOCK,
    PARTS_FACTORY,
    PUMPED_STORAGE,
    RENOVATION,
    SAMPLES,
    SCHOOL,
    TODAY,
    understood,
)

FIELDS = load().field_by_identifier
SPECS = load().fields
GROUND = Ground(TODAY, load().region_by_code, load().industry_by_code)


def changed(sample, **differs):
    """What is wrong with a sample once these answers are changed; None takes an answer away."""
    typed = sample.answers | {field: [text] for field, text in differs.items() if text is not None}
    return understood({field: given for field, given in typed.items() if differs.get(field, "") is not None})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a14_1b_a_complete_declaration_can_be_submitted(sample):
    assert all_errors(understood(sample.answers)) == {}
    refuse_errors(understood(sample.answers))


def test_a14_1b_facts_are_ready_for_storage():
    facts = understood(
        PARTS_FACTORY.answers | {"site_boundary": ["125.3, 43.8\n125.4, 43.8\n125.4, 43.9"], "legacy_codes": ["自编 7"]}
    ).facts
    assert json.loads(json.dumps(facts)) == facts
    assert facts["total_investment"] == "68000.00"
    assert facts["land_area"] == "8.6200"
    assert facts["planned_start"] == "2027-04"
    assert facts["has_building_works"] is True
    assert facts["takes_water"] is False
    assert facts["region_code"] == "220102"
    assert understood(LOCK.answers).facts["other_region_codes"] == ["220721"]


def test_a14_1b_an_empty_form_names_everything_at_once_in_page_order():
    errors = understood({}).errors
    assert list(errors)[:4] == ["not_classified_declared", "project_type", "project_level", "region_code"]
    assert errors["project_name"] == "请填写项目名称"
    assert errors["construction_nature"] == "请选择建设性质"
    assert errors["takes_water"] == "请选择是否取水"
    assert errors["not_classified_declared"] == ("请先确认项目及材料不涉密。涉密项目不得通过本平台办理，请改走线下渠道")
    page = [spec.identifier for spec in SPECS]
    assert list(errors) == sorted(errors, key=page.index)
    with pytest.raises(FormRefusal):
        refuse_errors(understood({}))


def test_a14_1b_a_step_shows_its_own_errors_only():
    result = changed(PARTS_FACTORY, project_name="短", total_investment="零")
    assert step_errors(SPECS, result, "scale") == {"project_name": "项目名称要 4 至 100 字，现在 1 字"}
    assert step_errors(SPECS, result, "investment") == {"total_investment": "总投资请填数字，单位是万元"}
    assert step_errors(SPECS, result, "unit") == {}
    assert len(all_errors(result)) == 2


def test_a14_1b_fields_are_asked_by_project_type():
    assert shown(FIELDS["ratification_catalogue_item"], {"project_type": "02"})
    assert not shown(FIELDS["ratification_catalogue_item"], {"project_type": "03"})
    assert not shown(FIELDS["legal_representative_id"], {"project_type": "03"})
    assert shown(FIELDS["policy_compliance_declared"], {"project_type": "03"})
    assert not shown(FIELDS["policy_compliance_declared"], {"project_type": "01"})
    assert shown(FIELDS["policy_compliance_declared"], {})


def test_a14_1b_fields_hang_on_the_answer_that_makes_them_matter():
    assert not shown(FIELDS["annual_water_intake"], {"takes_water": False})
    assert shown(FIELDS["annual_water_intake"], {"takes_water": True})
    assert changed(PARTS_FACTORY, takes_water="true").errors == {"annual_water_intake": "请填写年取水量"}


def test_a14_1b_budget_sources_are_required_for_approval_and_optional_for_the_others():
    industries = load().industry_by_code
    budget = FIELDS["fund_central_budget"]
    assert is_required(budget, {"project_type": "01"}, industries)
    assert shown(budget, {"project_type": "03"})
    assert not is_required(budget, {"project_type": "03"}, industries)


def test_a14_1b_products_are_required_of_those_who_make_things():
    assert changed(PARTS_FACTORY, main_products=None).errors == {"main_products": "请填写主要产品及生产能力"}
    assert changed(SCHOOL, main_products=None).errors == {}


def test_a14_1b_answers_to_questions_no_longer_asked_are_left_out():
    result = changed(PARTS_FACTORY, annual_water_intake="nonsense", legal_representative_id="1")
    assert result.errors == {}
    assert "annual_water_intake" not in result.facts


@pytest.mark.parametrize(
    ("sample", "differs", "field", "words"),
    [
        (
            PARTS_FACTORY,
            {"fund_own_funds": "27000"},
            "total_investment",
            "各资金来源合计 67,000 万元，比总投资 68,000 万元少 1,000 万元，请核对",
        ),
        (
            PARTS_FACTORY,
            {"project_capital": "68000.01"},
            "project_capital",
            "项目资本金（68,000.01）不能大于总投资（68,000）",
        ),
        (PARTS_FACTORY, {"fixed_asset_investment": "70000"}, "fixed_asset_investment", "不能大于总投资"),
        (
            PARTS_FACTORY,
            {"fixed_asset_investment": "50000", "equipment_cost": "30000", "other_cost": "30000"},
            "fixed_asset_investment",
            "之和（60,000 万元）",
        ),
        (PARTS_FACTORY, {"planned_start": "2026-10"}, "planned_start", "拟开工时间不能早于本月（2026 年 11 月）"),
        (
            PARTS_FACTORY,
            {"planned_completion": "2027-03"},
            "planned_completion",
            "拟建成时间不能早于拟开工时间（2027 年 4 月）",
        ),
        (PARTS_FACTORY, {"planned_completion": "2042-05"}, "planned_completion", "拟建成时间应在拟开工之后 15 年以内"),
        (PARTS_FACTORY, {"industry_class": "3911"}, "industry_class", "行业小类前两位要与大类 36 一致，现在是 3911"),
        (
            PARTS_FACTORY,
            {"industrial_policy_entry": "eliminated"},
            "industrial_policy_entry",
            "淘汰类项目禁止投资建设，不能通过本平台申报",
        ),
        (
            PARTS_FACTORY,
            {"policy_compliance_declared": "false"},
            "policy_compliance_declared",
            "请确认项目符合产业政策",
        ),
        (PARTS_FACTORY, {"not_classified_declared": None}, "not_classified_declared", "请先确认项目及材料不涉密"),
        (
            PARTS_FACTORY,
            {"region_code": "220100"},
            "region_code",
            "建设地点要选到县（市、区），或者改选项目级别；现在选的是长春市",
        ),
        (
            PARTS_FACTORY,
            {"region_code": "220000", "project_level": "prefecture"},
            "region_code",
            "建设地点要选到市（州）",
        ),
        (PARTS_FACTORY, {"project_level": "zone"}, "in_development_zone", "开发区级项目要在开发区内"),
        (HOTEL, {"development_zone_code": "229992"}, "development_zone_code", "珲春边境经济合作区不在南关区"),
        (HOTEL, {"is_foreign_invested": "false"}, "is_foreign_invested", "资金来源中有外资，这里应选“是”"),
        (LOCK, {"other_region_codes": "220702"}, "other_region_codes", "请去掉与建设地点相同的一项"),
        (
            RENOVATION,
            {"government_funding_mode": "direct"},
            "government_funding_mode",
            "实行审批制，请将项目类型改为“审批”",
        ),
        (
            RENOVATION,
            {"uses_government_funds": "false"},
            "uses_government_funds",
            "资金来源中有财政资金 500 万元，这里应选“是”",
        ),
        (
            SCHOOL,
            {"fund_provincial_fiscal": "0", "fund_local_fiscal": "0", "fund_other": "68000"},
            "government_funding_mode",
            "没有财政资金或专项债券",
        ),
        (
            PUMPED_STORAGE,
            {"new_construction_land_area": "400"},
            "new_construction_land_area",
            "新增建设用地面积（400）不能大于总用地面积（310）",
        ),
        (PUMPED_STORAGE, {"new_construction_land_area": "0"}, "new_construction_land_area", "要大于 0"),
        (PUMPED_STORAGE, {"farmland_area": "281"}, "farmland_area", "农用地面积（281）不能大于新增建设用地面积（280）"),
        (
            PUMPED_STORAGE,
            {"cultivated_land_area": "261"},
            "cultivated_land_area",
            "耕地面积（261）不能大于农用地面积（260）",
        ),
        (
            PUMPED_STORAGE,
            {"permanent_basic_farmland_area": "13"},
            "permanent_basic_farmland_area",
            "不能大于耕地面积（12）",
        ),
        (PUMPED_STORAGE, {"black_soil_area": "13"}, "black_soil_area", "黑土地面积（13）不能大于耕地面积（12）"),
        (PUMPED_STORAGE, {"annual_water_intake": "0"}, "annual_water_intake", "年取水量要大于 0"),
        (
            PARTS_FACTORY,
            {"applicant_unit_differs": "true", "applicant_uscc": "91220101MA1400A22H"},
            "applicant_uscc",
            "与项目单位的统一社会信用代码相同",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_a14_1b_fields_that_contradict_each_other_are_refused_beside_one_of_them(sample, differs, field, words):
    errors = changed(sample, **differs).errors
    assert list(errors) == [field]
    assert words in errors[field]


@pytest.mark.parametrize(
    ("sample", "differs"),
    [
        (PARTS_FACTORY, {"planned_start": "2026-11"}),
        (PARTS_FACTORY, {"planned_completion": "2042-04"}),
        (PARTS_FACTORY, {"planned_completion": "2027-04"}),
        (PARTS_FACTORY, {"project_capital": "68000"}),
        (PARTS_FACTORY, {"project_level": "province"}),
        (HOTEL, {"region_code": "222426", "development_zone_code": "229902"}),
        (RENOVATION, {"government_funding_mode": "interest"}),
        (PUMPED_STORAGE, {"new_construction_land_area": "310"}),
    ],
)
def test_a14_1b_the_edge_of_a_rule_is_allowed(sample, differs):
    assert changed(sample, **differs).errors == {}


def test_a14_1b_an_amount_that_could_not_be_read_is_not_also_called_a_wrong_sum():
    errors = changed(PARTS_FACTORY, fund_own_funds="两亿八千万").errors
    assert errors == {"fund_own_funds": "企业自筹资金请填数字，单位是万元"}


def test_a3_2_nothing_is_stored_before_the_unit_declares_that_nothing_is_classified():
    with pytest.raises(FormRefusal) as refusal:
        refuse_undeclared(SPECS, {"project_name": ["某项目"]})
    assert list(refusal.value.errors) == ["not_classified_declared"]
    assert refuse_undeclared(SPECS, PARTS_FACTORY.answers) is None


def test_a3_2_every_answer_is_looked_at_for_classified_words():
    refuse_classified(texts(PARTS_FACTORY.answers))
    with pytest.raises(FormRefusal) as refusal:
        refuse_classified(texts(PARTS_FACTORY.answers | {"legacy_codes": ["1", "机密★"]}))
    assert list(refusal.value.errors) == ["legacy_codes"]


def test_a17_1_the_public_sees_public_fields_only():
    result = changed(SCHOOL, process_and_equipment="普通教学设备", contact_email="li.min@example.cn")
    seen = public_facts(SPECS, result.facts)
    assert {"project_name", "total_investment", "unit_name", "unit_uscc", "legal_representative"} <= set(seen)
    hidden = {
        "legal_representative_id",
        "contact_name",
        "contact_mobile",
        "contact_email",
        "in_security_control_area",
        "not_classified_declared",
        "unit_id_type",
        "applicant_unit_differs",
    }
    assert hidden <= set(result.facts)
    assert hidden.isdisjoint(seen)


def test_a17_1_what_may_be_claimed_stays_back_until_the_unit_was_asked():
    facts = changed(PARTS_FACTORY, process_and_equipment="机器人焊接").facts
    claimable = {"process_and_equipment", "annual_energy_tce", "annual_electricity"}
    assert claimable.isdisjoint(public_facts(SPECS, facts))
    assert claimable <= set(public_facts(SPECS, facts, claimed=()))
    assert claimable & set(public_facts(SPECS, facts, claimed={"annual_electricity"})) == {
        "process_and_equipment",
        "annual_energy_tce",
    }


def test_a5_1_competence_starts_from_the_site_and_its_zone():
    assert home_region(understood(HOTEL.answers).facts) == ("220102", "220172")
    assert home_region(understood(SCHOOL.answers).facts) == ("222401", "")


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.lists(st.text(max_size=30), max_size=3)))
def test_a14_1b_nothing_anyone_types_breaks_the_reading(answers):
    result = understood(answers)
    assert result.errors
    assert set(result.errors) <= set(FIELDS)


def test_a14_1b_the_month_of_declaration_is_that_of_the_day_given():
    reference = load()
    later = read_answers(
        reference.fields,
        PARTS_FACTORY.answers,
        today=date(2027, 5, 1),
        regions=reference.region_by_code,
        industries=reference.industry_by_code,
    )
    assert list(later.errors) == ["planned_start"]
    assert replace(later, errors={}).facts == understood(PARTS_FACTORY.answers).facts


@pytest.mark.parametrize("zone", ["229911", "229901", "220171"])
def test_a11_1_a_zones_own_code_never_becomes_the_region_of_a_project_code(zone):
    errors = changed(PARTS_FACTORY, project_level="zone", region_code=zone).errors
    assert "请在“开发区”中选择" in errors["region_code"]


@pytest.mark.parametrize("typed", ["1" + "0" * 26, "9" * 5000])
def test_a_number_beyond_all_measure_is_told_to_be_too_large(typed):
    assert "数太大" in changed(PARTS_FACTORY, annual_electricity=typed).errors["annual_electricity"]
