"""The kinds of projects that the demonstration declares: how they are called, what they build, what sets them apart.

Each is a plain project plus its differences, as its unit would type them; the platform works out the due items itself.
"""

from dataclasses import dataclass

from core.domain.fields import Kind
from core.reference.loader import load

_PLAIN = {
    "not_classified_declared": "true",
    "policy_compliance_declared": "true",
    "construction_nature": "new",
    "content_category": "01",
    "sector": "其他",
    "industrial_policy_entry": "permitted",
    "land_area": "2.6",
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

_URBAN = {
    "land_acquisition": "grant_by_listing",
    "planning_area_kind": "urban",
    "soil_erosion_area": "4.8",
    "earthwork_volume": "3.2",
    "has_building_works": "true",
    "discharges_to_sewer": "true",
}
_ALLOCATED = _URBAN | {"land_acquisition": "allocation", "must_tender": "true"}
_NEW_LAND = {
    "needs_new_construction_land": "true",
    "new_construction_land_area": "2.4",
    "farmland_area": "2.1",
    "cultivated_land_area": "0.9",
    "permanent_basic_farmland_area": "0",
}


@dataclass(frozen=True)
class Archetype:
    """One kind of project. `numbers` and `total` are ranges: what {n} stands for in names, and 万元 of investment.

    `line` names the enterprises that build such a thing; `regions` the only places for it, none meaning anywhere.
    """

    key: str
    project_type: str
    industry: str
    line: str
    names: tuple[str, ...]
    content: str
    differs: dict[str, str]
    numbers: tuple[int, int] = (1, 9)
    total: tuple[int, int] = (1200, 30000)
    products: str = ""
    regions: frozenset[str] = frozenset()
    weight: int = 4
    is_small: bool = False

    @property
    def plain_answers(self) -> dict[str, str]:
        """What every project of this kind answers, field → text; place, unit, money and months are added to it."""
        questions = [spec.identifier for spec in load().fields if spec.kind is Kind.YES_NO]
        return dict.fromkeys(questions, "false") | _PLAIN | self.differs


_BUILDING = _URBAN | {"building_area": "18600", "land_area": "4.8"}
_WEST = frozenset({"220802", "220821", "220822", "220881", "220882", "220702", "220722", "220723"})
_MOUNTAINS = frozenset({"220621", "220622", "220623", "220681", "222403", "222426", "220282", "220284", "220582"})
_CITIES = frozenset(
    {"220102", "220103", "220104", "220202", "220302", "220402", "220502", "220602", "220802", "222401"}
)

ARCHETYPES = (
    Archetype(
        "parts", "03", "36", "auto",
        ("{place}年产 {n} 万套新能源汽车电池托盘项目", "{place}年产 {n} 万套汽车线束总成项目",
         "{place}年产 {n} 万件汽车铝合金轮毂项目",
         "{place}年产 {n} 万套汽车座椅骨架项目"),
        "新建厂房、库房及配套设施，购置冲压、焊接、涂装和检测设备，达产后年产 {n} 万套汽车零部件。",
        _BUILDING | {"industry_class": "3670", "eia_category": "table", "annual_electricity": "860",
           "sector": "机械制造"},
        (5, 60), (6000, 68000), "汽车零部件 {n} 万套/年", weight=7,
    ),
    Archetype(
        "food", "03", "13", "food",
        ("{place}年加工 {n} 万吨玉米淀粉糖项目", "{place}年加工 {n} 万吨大豆蛋白项目",
         "{place}鲜食玉米速冻加工 {n} 万吨项目",
         "{place}{spot}肉牛屠宰及精深加工 {n} 万头项目"),
        "利用既有建设用地新建加工生产线及污水处理设施，年加工能力 {n} 万吨，配套原料库和成品库。",
        {"eia_category": "table", "annual_energy_tce": "1600", "sector": "轻工"},
        (2, 30), (2200, 42000), "年加工 {n} 万吨", weight=7,
    ),
    Archetype(
        "renovation", "03", "36", "auto",
        ("{place}汽车零部件智能化生产线技术改造项目", "{place}{spot}涂装车间节能环保技术改造项目",
         "{place}冲压车间自动化技术改造项目"),
        "在现有厂房内更新 {n} 条生产线，购置机器人、在线检测和数据采集设备，不新增用地和建筑面积。",
        {"construction_nature": "technical_renovation", "content_category": "02", "eia_category": "table",
         "annual_energy_tce": "620", "sector": "机械制造"},
        (2, 8), (800, 9000), "改造生产线 {n} 条", weight=4, is_small=True,
    ),
    Archetype(
        "rooftop", "03", "44", "energy",
        ("{place}{spot} {n} 兆瓦屋顶分布式光伏发电项目", "{place}工业园区 {n} 兆瓦分布式光伏项目"),
        "利用既有厂房屋顶安装光伏组件，总装机容量 {n} 兆瓦，配套逆变、汇流和并网设施，自发自用、余电上网。",
        {"eia_category": "registration", "sector": "能源", "industrial_policy_entry": "encouraged"},
        (2, 20), (900, 8000), "装机 {n} 兆瓦", weight=4, is_small=True,
    ),
    Archetype(
        "purchase", "03", "39", "tech",
        ("{place}汽车电子检测设备购置项目", "{place}{spot}光电传感器生产设备购置项目"),
        "在现有厂房内购置 {n} 台（套）检测和装配设备，不涉及土建工程，不新增用地。",
        {"content_category": "03", "sector": "高新技术"},
        (12, 90), (300, 4000), "检测设备 {n} 台（套）", weight=3, is_small=True,
    ),
    Archetype(
        "ferment", "03", "14", "food",
        ("{place}{spot}玉米秸秆发酵饲料 {n} 万吨项目", "{place}酵母及益生菌发酵 {n} 万吨项目"),
        "改造既有厂房，安装发酵、干燥和包装设备，年产 {n} 万吨，配套蒸汽和循环水系统。",
        {"eia_category": "registration", "annual_energy_tce": "2400", "sector": "轻工"},
        (1, 9), (1500, 12000), "发酵产品 {n} 万吨/年", weight=3, is_small=True,
    ),
    Archetype(
        "data_centre", "03", "64", "tech",
        ("{place}大数据中心（{n} 个机柜）项目", "{place}{spot}算力中心 {n} 机柜项目"),
        "租用既有厂房建设数据机房，安装 {n} 个机柜及供配电、制冷和消防设施，建设能耗在线监测系统。",
        {"eia_category": "registration", "annual_electricity": "2600", "annual_energy_tce": "3200",
         "sector": "信息产业"},
        (400, 3000), (9000, 60000), weight=3, is_small=True,
    ),
    Archetype(
        "farm", "03", "03", "farm",
        ("{place}{spot}年出栏 {n} 万头生猪养殖场项目", "{place}{spot}存栏 {n} 千头肉牛标准化养殖项目"),
        "新建标准化圈舍、饲料库和粪污资源化利用设施，设计规模 {n}，配套防疫和自动饲喂设备。",
        {"land_acquisition": "collective_land", "planning_area_kind": "rural", "eia_category": "report",
         "soil_erosion_area": "6", "takes_water": "true", "annual_water_intake": "14", "is_livestock_farm": "true",
         "sector": "农林水利", "land_area": "8"},
        (2, 12), (1800, 26000), weight=4,
    ),
    Archetype(
        "cold_store", "03", "59", "food",
        ("{place}{spot}果蔬冷藏库项目", "{place}农产品产地冷藏保鲜 {n} 千吨项目"),
        "新建气调冷库、分拣车间和装卸平台，冷藏能力 {n} 千吨，配套制冷机组和冷链运输车辆。",
        _NEW_LAND
        | {"land_acquisition": "collective_land", "planning_area_kind": "rural", "eia_category": "registration",
           "soil_erosion_area": "1.2", "black_soil_area": "0.9", "has_building_works": "true", "building_area": "6200",
           "sector": "农林水利"},
        (3, 20), (900, 8000), weight=3,
    ),
    Archetype(
        "logistics", "03", "59", "logistics",
        ("{place}{spot}智慧物流园项目", "{place}公路港物流中心项目", "{place}农产品集散中心 {n} 万吨项目"),
        "新建仓储、分拨和信息用房，年货物吞吐能力 {n} 万吨，配套停车场和充电设施。",
        _BUILDING | {"eia_category": "registration", "crosses_highway": "true", "sector": "交通运输"},
        (20, 200), (5000, 52000), weight=4,
    ),
    Archetype(
        "hotel", "03", "61", "tourism",
        ("{place}云顶度假酒店项目", "{place}{spot}冰雪温泉酒店项目", "{place}游客服务中心及配套酒店项目"),
        "新建客房 {n} 间及餐饮、会议和停车设施，配套供热、消防和人防工程。",
        _BUILDING
        | {"eia_category": "registration", "fire_special_engineering": "true", "is_civil_building": "true",
           "affects_green_space": "true", "sector": "社会事业"},
        (80, 360), (8000, 60000), weight=2, regions=_CITIES | _MOUNTAINS,
    ),
    Archetype(
        "homes", "03", "70", "homes",
        ("{place}{spot}丽景花园住宅项目", "{place}{spot}御湖小区二期项目", "{place}棚户区改造 {n} 号地块商品住宅项目"),
        "新建住宅楼 {n} 栋及配套商业、地下车库和社区用房，同步建设供热、供水、供电和绿化工程。",
        _BUILDING
        | {"eia_category": "registration", "is_civil_building": "true", "affects_green_space": "true",
           "digs_city_road": "true", "sector": "城建", "building_area": "86000"},
        (6, 28), (18000, 160000), weight=3,
    ),
    Archetype(
        "pharma", "03", "27", "pharma",
        ("{place}人参活性成分提取 {n} 吨项目", "{place}{spot}生物疫苗年产 {n} 千万剂项目",
         "{place}中药饮片年加工 {n} 百吨项目"),
        "新建提取、制剂车间和质检中心，配套溶剂回收、废气治理和污水处理设施，设计能力 {n}。",
        _BUILDING | {"eia_category": "report", "annual_electricity": "720", "sector": "高新技术"},
        (3, 60), (5000, 70000), "设计能力 {n}", weight=4,
    ),
    Archetype(
        "chemicals", "03", "26", "chem",
        ("{place}化工园区年产 {n} 万吨高纯溶剂项目", "{place}精细化学品 {n} 万吨项目"),
        "新建反应、精馏装置及罐区，年产 {n} 万吨，配套火炬、事故池和在线监测设施。",
        _BUILDING
        | {"eia_category": "report", "annual_energy_tce": "6800", "fire_special_engineering": "true",
           "safety_category": "hazchem", "lightning_special": "true", "sector": "原材料"},
        (1, 12), (12000, 90000), "高纯溶剂 {n} 万吨/年", frozenset({"220203", "220202", "220702", "220721"}), 2,
    ),
    Archetype(
        "wind", "02", "44", "energy",
        ("{place} {n} 兆瓦风电场项目", "{place}{spot} {n} 兆瓦风电制氢一体化项目"),
        "安装风力发电机组，总装机容量 {n} 兆瓦，新建升压站、集电线路和检修道路。",
        _NEW_LAND
        | {"land_area": "12", "land_acquisition": "allocation", "grassland_area": "1.4", "eia_category": "table",
           "earthwork_volume": "12", "soil_erosion_area": "9", "near_meteorological_station": "true",
           "has_building_works": "true", "sector": "能源", "industrial_policy_entry": "encouraged"},
        (50, 400), (40000, 260000), "装机 {n} 兆瓦", _WEST | {"220322", "220382", "220184"}, 3,
    ),
    Archetype(
        "heat_plant", "02", "44", "energy",
        ("{place} {n} 兆瓦生物质热电联产项目", "{place}{spot} {n} 兆瓦背压式热电联产项目"),
        "建设锅炉、汽轮发电机组及储料场，装机 {n} 兆瓦，承担城区集中供热，配套烟气治理设施。",
        _URBAN
        | {"land_area": "9", "land_acquisition": "allocation", "eia_category": "report", "annual_energy_tce": "9800",
           "takes_water": "true", "annual_water_intake": "60", "must_tender": "true", "sector": "能源"},
        (15, 60), (16000, 60000), "供热和发电 {n} 兆瓦", weight=3,
    ),
    Archetype(
        "quarry", "02", "10", "mine",
        ("{place}{spot}硅藻土矿扩建项目", "{place}建筑石料用灰岩矿 {n} 万立方米项目"),
        "扩建露天采场、加工系统和排土场，年开采能力 {n} 万立方米，同步实施边开采边治理。",
        {"construction_nature": "expansion", "needs_new_construction_land": "true", "new_construction_land_area": "6",
         "farmland_area": "6", "cultivated_land_area": "0", "permanent_basic_farmland_area": "0", "land_area": "9",
         "land_acquisition": "grant_by_agreement", "forest_land_area": "6", "eia_category": "report",
         "soil_erosion_area": "6", "safety_category": "mine", "sector": "原材料"},
        (10, 90), (2000, 18000), "年开采 {n} 万立方米", _MOUNTAINS, 3,
    ),
    Archetype(
        "school", "01", "83", "public",
        ("{place}第{ordinal}中学新校区建设项目", "{place}{spot}中心幼儿园建设项目",
         "{place}职业技术学校实训楼建设项目"),
        "新建教学楼、综合楼和运动场，总建筑面积约 {n} 千平方米，配套供热、供水和校园道路。",
        _ALLOCATED
        | {"eia_category": "table", "building_area": "16500", "is_civil_building": "true",
           "fire_special_engineering": "true", "sector": "社会事业"},
        (4, 18), (2600, 26000), weight=5,
    ),
    Archetype(
        "hospital", "01", "84", "public",
        ("{place}人民医院住院部综合楼项目", "{place}中医院传染病区建设项目", "{place}疾病预防控制中心实验楼项目"),
        "新建综合楼一栋，设置床位 {n} 张，配套医用气体、污水处理和信息化设施。",
        _ALLOCATED
        | {"eia_category": "report", "building_area": "21000", "is_civil_building": "true",
           "fire_special_engineering": "true", "sector": "社会事业"},
        (60, 400), (6000, 48000), weight=3,
    ),
    Archetype(
        "road", "01", "48", "public",
        ("{place}{spot}至城区二级公路改建工程", "{place}农村公路危桥改造工程（{n} 座）",
         "{place}绕城公路 {n} 公里改建工程"),
        "改建公路 {n} 公里，实施路基、路面、桥涵和交通安全设施工程，设计速度每小时 60 公里。",
        _NEW_LAND
        | {"construction_nature": "alteration", "land_area": "26", "land_acquisition": "allocation",
           "eia_category": "table", "soil_erosion_area": "22", "earthwork_volume": "48", "forest_land_area": "1.2",
           "is_highway_project": "true", "crosses_highway": "true", "must_tender": "true", "sector": "交通运输"},
        (6, 42), (3000, 38000), weight=4,
    ),
    Archetype(
        "river", "01", "76", "public",
        ("{place}{spot}段河道治理工程", "{place}中小河流 {n} 公里综合治理工程", "{place}{spot}防洪堤加固工程"),
        "治理河长 {n} 公里，实施堤防加固、护岸和穿堤建筑物工程，设计防洪标准 20 年一遇。",
        {"land_area": "18", "eia_category": "table", "soil_erosion_area": "14", "earthwork_volume": "36",
         "in_river_management_area": "true", "is_water_engineering": "true", "must_tender": "true",
         "sector": "农林水利"},
        (5, 36), (1800, 22000), weight=4,
    ),
    Archetype(
        "pipes", "01", "46", "public",
        ("{place}老旧供水管网改造工程（{n} 公里）", "{place}城区雨污分流改造工程",
         "{place}老旧供热管网改造工程（{n} 公里）"),
        "改造管网 {n} 公里，更换阀门井和计量设施，恢复路面和绿化。",
        {"construction_nature": "alteration", "eia_category": "registration", "digs_city_road": "true",
         "affects_green_space": "true", "must_tender": "true", "sector": "城建"},
        (8, 60), (1500, 24000), "管网 {n} 公里", weight=4,
    ),
)  # fmt: skip

BY_KEY = {one.key: one for one in ARCHETYPES}
