"""Fourteen projects of all three types as their units would type them, each with the items the law makes it obtain.

The lists were written by hand from the catalogue and the statutes it names; together they meet every item that facts
alone can make due.
"""

from dataclasses import dataclass
from datetime import date

from core.domain.declaration import Result, read_answers
from core.reference.loader import load

TODAY = date(2026, 11, 23)

Answers = dict[str, list[str]]

_NO = [
    "in_development_zone",
    "crosses_regions",
    "uses_government_funds",
    "is_ppp",
    "applicant_unit_differs",
    "needs_new_construction_land",
    "overlies_minerals",
    "requires_expropriation",
    "takes_water",
    "in_river_management_area",
    "in_flood_detention_area",
    "is_water_engineering",
    "in_nature_reserve",
    "is_civil_building",
    "fire_special_engineering",
    "seismic_assessment_required",
    "near_meteorological_station",
    "lightning_special",
    "is_over_limit_high_rise",
    "in_security_control_area",
    "is_foreign_invested",
    "involves_resettlement",
    "crosses_highway",
    "affects_waterway",
    "is_highway_project",
    "digs_city_road",
    "affects_green_space",
    "is_livestock_farm",
    "has_building_works",
    "discharges_to_sewer",
    "must_tender",
]

_PLAIN = {
    "not_classified_declared": "true",
    "policy_compliance_declared": "true",
    "construction_nature": "new",
    "content_category": "01",
    "sector": "其他",
    "industrial_policy_entry": "permitted",
    "project_level": "county",
    "site_address": "人民大街与东风路交汇处",
    "planned_start": "2027-04",
    "planned_completion": "2028-10",
    "scale_and_content": "新建生产和配套设施，购置主要设备，达产后形成设计能力。",
    "main_products": "按设计能力",
    "total_investment": "68000",
    "project_capital": "20000",
    "fund_own_funds": "28000",
    "fund_domestic_loan": "40000",
    "unit_name": "吉林启辰汽车零部件有限公司",
    "unit_id_type": "credit_code",
    "unit_uscc": "91220101MA1400A22H",
    "unit_nature": "enterprise",
    "unit_address": "长春市南关区彩宇大街 1888 号",
    "legal_representative": "孙岩",
    "contact_name": "李敏",
    "contact_mobile": "13812345678",
    "land_area": "8.62",
    "building_area": "0",
    "forest_land_area": "0",
    "grassland_area": "0",
    "land_acquisition": "existing_land",
    "planning_area_kind": "outside",
    "eia_category": "exempt",
    "annual_energy_tce": "120",
    "annual_electricity": "80",
    "soil_erosion_area": "0",
    "earthwork_volume": "0",
    "heritage_involvement": "none",
    "safety_category": "none",
}

_GOVERNMENT = {
    "project_type": "01",
    "uses_government_funds": "true",
    "government_funding_mode": "direct",
    "fund_central_budget": "0",
    "fund_provincial_fiscal": "28000",
    "fund_local_fiscal": "40000",
    "fund_own_funds": "",
    "fund_domestic_loan": "",
    "legal_representative_id": "220102199003070013",
    "unit_uscc": "122200004127501234",
    "unit_nature": "public_institution",
}

_RATIFIED = {
    "project_type": "02",
    "ratification_catalogue_item": "二、能源",
    "legal_representative_id": "220102199003070013",
}


@dataclass(frozen=True)
class Sample:
    """A project: what sets it apart from a plain one, and the items it must obtain, in the order of the catalogue."""

    name: str
    differs: dict[str, str]
    due: str

    @property
    def answers(self) -> Answers:
        typed = dict.fromkeys(_NO, "false") | _PLAIN | {"project_name": self.name} | self.differs
        return {field: [text] for field, text in typed.items() if text}

    @property
    def due_codes(self) -> list[str]:
        return self.due.split()


def understood(answers: Answers, today: date = TODAY) -> Result:
    """The answers as the platform reads them on this day."""
    reference = load()
    return read_answers(
        reference.fields,
        answers,
        today=today,
        regions=reference.region_by_code,
        industries=reference.industry_by_code,
    )


PARTS_FACTORY = Sample(
    "南关区年产 20 万套新能源汽车电池托盘项目",
    {
        "project_type": "03",
        "region_code": "220102",
        "industry_division": "36",
        "industry_class": "3670",
        "land_acquisition": "grant_by_listing",
        "planning_area_kind": "urban",
        "building_area": "46800",
        "eia_category": "table",
        "annual_electricity": "800",
        "soil_erosion_area": "8.62",
        "earthwork_volume": "6.4",
        "has_building_works": "true",
        "discharges_to_sewer": "true",
    },
    "DRC-05 DRC-06 NRD-04 NRD-05 NRD-09 ECO-02 ECO-04 HUD-01 HUD-02 HUD-05 HUD-06 HUD-07 HUD-11 WAT-01 WAT-05",
)

SCHOOL = Sample(
    "延吉市第十四中学新校区建设项目",
    _GOVERNMENT
    | {
        "region_code": "222401",
        "industry_division": "83",
        "land_acquisition": "allocation",
        "planning_area_kind": "urban",
        "building_area": "31500",
        "eia_category": "table",
        "soil_erosion_area": "4.2",
        "has_building_works": "true",
        "fire_special_engineering": "true",
        "is_civil_building": "true",
        "discharges_to_sewer": "true",
        "must_tender": "true",
    },
    "DRC-01 DRC-02 DRC-03 DRC-07 NRD-01 NRD-03 NRD-04 NRD-05 NRD-09 ECO-02 ECO-04 HUD-01 HUD-02 HUD-03 HUD-04 HUD-06 "
    "HUD-07 HUD-11 WAT-01 WAT-05 CAD-01 CAD-02",
)

PUMPED_STORAGE = Sample(
    "抚松县抽水蓄能电站项目",
    _RATIFIED
    | {
        "region_code": "220621",
        "industry_division": "44",
        "land_area": "310",
        "needs_new_construction_land": "true",
        "new_construction_land_area": "280",
        "farmland_area": "260",
        "cultivated_land_area": "12",
        "permanent_basic_farmland_area": "0",
        "land_acquisition": "allocation",
        "requires_expropriation": "true",
        "forest_land_area": "190",
        "temporary_forest_land_area": "35",
        "temporary_land_area": "20",
        "eia_category": "report",
        "soil_erosion_area": "330",
        "earthwork_volume": "900",
        "takes_water": "true",
        "annual_water_intake": "1200",
        "is_water_engineering": "true",
        "seismic_assessment_required": "true",
        "involves_resettlement": "true",
        "has_building_works": "true",
        "must_tender": "true",
    },
    "DRC-04 DRC-07 NRD-01 NRD-02 NRD-03 NRD-07 ECO-01 ECO-04 HUD-01 HUD-02 HUD-05 HUD-06 HUD-07 WAT-01 WAT-02 WAT-03 "
    "WAT-05 FOR-01 FOR-02 SEI-01 RSM-01 RSM-02",
)

PIG_FARM = Sample(
    "前郭县年出栏 5 万头生猪养殖场项目",
    {
        "project_type": "03",
        "region_code": "220721",
        "industry_division": "03",
        "land_acquisition": "collective_land",
        "planning_area_kind": "rural",
        "eia_category": "report",
        "soil_erosion_area": "12",
        "takes_water": "true",
        "annual_water_intake": "18",
        "is_livestock_farm": "true",
    },
    "DRC-05 ECO-01 ECO-04 WAT-01 WAT-02 WAT-05 ANH-01",
)

CHEMICAL_STORE = Sample(
    "吉林市龙潭区危险化学品仓储项目",
    {
        "project_type": "03",
        "region_code": "220203",
        "industry_division": "59",
        "land_acquisition": "grant_by_listing",
        "planning_area_kind": "urban",
        "building_area": "9200",
        "eia_category": "report",
        "soil_erosion_area": "3",
        "has_building_works": "true",
        "fire_special_engineering": "true",
        "safety_category": "hazchem",
        "lightning_special": "true",
    },
    "DRC-05 NRD-04 NRD-05 NRD-09 ECO-01 ECO-04 HUD-01 HUD-02 HUD-03 HUD-04 HUD-06 HUD-07 WAT-01 WAT-05 EMG-02 EMG-03 "
    "MET-02 MET-03",
)

ROAD = Sample(
    "通化县快大茂镇至石湖镇二级公路改建项目",
    _GOVERNMENT
    | {
        "region_code": "220521",
        "industry_division": "48",
        "construction_nature": "alteration",
        "land_area": "62",
        "needs_new_construction_land": "true",
        "new_construction_land_area": "41",
        "farmland_area": "38",
        "cultivated_land_area": "16",
        "permanent_basic_farmland_area": "0",
        "land_acquisition": "allocation",
        "requires_expropriation": "true",
        "forest_land_area": "9.5",
        "eia_category": "report",
        "soil_erosion_area": "62",
        "earthwork_volume": "140",
        "in_river_management_area": "true",
        "is_highway_project": "true",
        "crosses_highway": "true",
        "must_tender": "true",
    },
    "DRC-01 DRC-02 DRC-03 DRC-07 NRD-01 NRD-02 NRD-03 ECO-01 ECO-04 TRA-01 TRA-02 TRA-03 WAT-01 WAT-03 WAT-05 FOR-01",
)

RENOVATION = Sample(
    "公主岭市玉米深加工生产线技术改造项目",
    {
        "project_type": "03",
        "region_code": "220184",
        "industry_division": "13",
        "construction_nature": "technical_renovation",
        "content_category": "02",
        "uses_government_funds": "true",
        "government_funding_mode": "subsidy",
        "fund_provincial_fiscal": "500",
        "fund_own_funds": "27500",
        "eia_category": "table",
        "annual_energy_tce": "1,000.00",
    },
    "DRC-06 IIT-01 ECO-02 ECO-04",
)

WIND_FARM = Sample(
    "通榆县 200 兆瓦风电场项目",
    _RATIFIED
    | {
        "region_code": "220822",
        "industry_division": "44",
        "needs_new_construction_land": "true",
        "new_construction_land_area": "7.5",
        "farmland_area": "6",
        "cultivated_land_area": "0",
        "permanent_basic_farmland_area": "0",
        "land_acquisition": "allocation",
        "overlies_minerals": "true",
        "grassland_area": "5.2",
        "eia_category": "table",
        "earthwork_volume": "12",
        "heritage_involvement": "large_project",
        "near_meteorological_station": "true",
        "has_building_works": "true",
    },
    "DRC-04 NRD-01 NRD-02 NRD-03 NRD-08 ECO-02 ECO-04 HUD-01 HUD-02 HUD-05 HUD-06 HUD-07 WAT-01 WAT-05 FOR-03 CUL-03 "
    "MET-01",
)

HOTEL = Sample(
    "净月开发区云顶酒店项目",
    {
        "project_type": "03",
        "project_level": "zone",
        "region_code": "220102",
        "in_development_zone": "true",
        "development_zone_code": "220172",
        "industry_division": "61",
        "fund_domestic_loan": "30000",
        "fund_foreign_capital": "10000",
        "is_foreign_invested": "true",
        "foreign_investment_mode": "greenfield",
        "land_acquisition": "grant_by_listing",
        "planning_area_kind": "urban",
        "building_area": "120000",
        "annual_electricity": "500",
        "soil_erosion_area": "0.5",
        "has_building_works": "true",
        "fire_special_engineering": "true",
        "is_civil_building": "true",
        "is_over_limit_high_rise": "true",
        "digs_city_road": "true",
        "affects_green_space": "true",
        "discharges_to_sewer": "true",
    },
    "DRC-05 DRC-06 NRD-04 NRD-05 NRD-09 HUD-01 HUD-02 HUD-03 HUD-04 HUD-06 HUD-07 HUD-08 HUD-09 HUD-10 HUD-11 WAT-01 "
    "WAT-05 CAD-01 CAD-02",
)

GOLD_MINE = Sample(
    "桦甸市夹皮沟金矿扩建项目",
    _RATIFIED
    | {
        "region_code": "220282",
        "industry_division": "09",
        "construction_nature": "expansion",
        "needs_new_construction_land": "true",
        "new_construction_land_area": "6",
        "farmland_area": "6",
        "cultivated_land_area": "0",
        "permanent_basic_farmland_area": "0",
        "land_acquisition": "grant_by_agreement",
        "forest_land_area": "6",
        "eia_category": "report",
        "annual_energy_tce": "4600",
        "soil_erosion_area": "6",
        "takes_water": "true",
        "annual_water_intake": "40",
        "safety_category": "mine",
    },
    "DRC-04 DRC-06 NRD-01 NRD-02 ECO-01 ECO-04 WAT-01 WAT-02 WAT-05 FOR-01 EMG-01",
)

LOCK = Sample(
    "松花江宁江船闸工程",
    _GOVERNMENT
    | {
        "project_level": "prefecture",
        "region_code": "220702",
        "crosses_regions": "true",
        "other_region_codes": "220721",
        "industry_division": "55",
        "land_acquisition": "allocation",
        "planning_area_kind": "urban",
        "eia_category": "report",
        "soil_erosion_area": "20",
        "in_river_management_area": "true",
        "in_flood_detention_area": "true",
        "is_water_engineering": "true",
        "seismic_assessment_required": "true",
        "affects_waterway": "true",
        "has_building_works": "true",
        "must_tender": "true",
    },
    "DRC-01 DRC-02 DRC-03 DRC-07 NRD-01 NRD-03 NRD-04 NRD-05 NRD-09 ECO-01 ECO-04 HUD-01 HUD-02 HUD-05 HUD-06 HUD-07 "
    "TRA-04 WAT-01 WAT-03 WAT-04 WAT-05 SEI-01",
)

MUSEUM = Sample(
    "集安市高句丽文物展示中心项目",
    _GOVERNMENT
    | {
        "region_code": "220582",
        "industry_division": "88",
        "land_acquisition": "allocation",
        "planning_area_kind": "urban",
        "eia_category": "registration",
        "heritage_involvement": "control_zone",
        "has_building_works": "true",
        "fire_special_engineering": "true",
        "is_civil_building": "true",
        "discharges_to_sewer": "true",
    },
    "DRC-01 DRC-02 DRC-03 NRD-01 NRD-03 NRD-04 NRD-05 NRD-09 ECO-03 HUD-01 HUD-02 HUD-03 HUD-04 HUD-06 HUD-07 HUD-11 "
    "CUL-02 CAD-01 CAD-02",
)

COLD_STORE = Sample(
    "梨树县梨树镇果蔬冷藏库项目",
    {
        "project_type": "03",
        "region_code": "220322",
        "industry_division": "59",
        "needs_new_construction_land": "true",
        "new_construction_land_area": "1.2",
        "farmland_area": "1.2",
        "cultivated_land_area": "1.2",
        "permanent_basic_farmland_area": "0",
        "black_soil_area": "1.2",
        "land_acquisition": "collective_land",
        "planning_area_kind": "rural",
        "eia_category": "registration",
        "soil_erosion_area": "1.2",
        "has_building_works": "true",
    },
    "DRC-05 NRD-01 NRD-02 NRD-06 ECO-03 HUD-01 HUD-02 HUD-05 HUD-06 HUD-07 WAT-01 WAT-05",
)

LOGISTICS_PARK = Sample(
    "九台区龙嘉机场物流园项目",
    {
        "project_type": "03",
        "region_code": "220113",
        "industry_division": "59",
        "land_acquisition": "grant_by_listing",
        "planning_area_kind": "urban",
        "temporary_land_area": "0.6",
        "eia_category": "registration",
        "soil_erosion_area": "0.4999",
        "earthwork_volume": "0.09",
        "heritage_involvement": "protection_scope",
        "in_security_control_area": "true",
        "crosses_highway": "true",
        "has_building_works": "true",
    },
    "DRC-05 NRD-04 NRD-05 NRD-07 NRD-09 ECO-03 HUD-01 HUD-02 HUD-05 HUD-06 HUD-07 TRA-03 CUL-01 NSS-01",
)

SAMPLES = (
    PARTS_FACTORY,
    SCHOOL,
    PUMPED_STORAGE,
    PIG_FARM,
    CHEMICAL_STORE,
    ROAD,
    RENOVATION,
    WIND_FARM,
    HOTEL,
    GOLD_MINE,
    LOCK,
    MUSEUM,
    COLD_STORE,
    LOGISTICS_PARK,
)
