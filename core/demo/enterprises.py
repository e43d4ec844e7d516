"""The invented enterprises and public bodies that declare the demonstration's projects."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.demo.accounts import ENTERPRISES
from core.domain import credit_code

_COMPANIES = """
auto   220102 长春恒泰汽车底盘有限公司
auto   220106 长春瑞达汽车饰件有限公司
auto   220184 公主岭市鸿运汽车配件有限公司
auto   220204 吉林市松江汽车线束有限公司
auto   220302 四平宏远专用车制造有限公司
food   220184 公主岭市金谷玉米制品有限公司
food   220182 榆树市北方粮油加工有限公司
food   220183 德惠市沃野食品有限公司
food   220322 梨树县黑土地农业科技有限公司
food   222401 延吉市长白山食品有限公司
food   220702 松原市查干湖水产品加工有限公司
energy 220802 白城市绿电新能源有限公司
energy 220184 公主岭市清源热力有限公司
energy 220102 吉林省华晨新能源开发有限公司
energy 220881 洮南市风华风力发电有限公司
farm   220184 公主岭市丰泽牧业有限公司
farm   220721 前郭县牧原草畜业有限公司
farm   220122 农安县兴农养殖有限公司
tech   220104 长春光机电子科技有限公司
tech   220102 长春云谷数据服务有限公司
logistics 220113 长春龙嘉物流有限公司
logistics 222404 珲春市国际陆港物流有限公司
logistics 220184 公主岭市通达物流有限公司
tourism 220221 永吉县北大湖旅游开发有限公司
tourism 222426 安图县二道温泉酒店有限公司
homes  220102 长春市南溪房地产开发有限公司
homes  222401 延吉市金达莱置业有限公司
homes  220184 公主岭市宏宇房地产开发有限公司
pharma 220502 通化市益康药业有限公司
pharma 222403 敦化市敖东药材加工有限公司
pharma 220581 梅河口市康源生物制药有限公司
chem   220203 吉林市江北精细化工有限公司
mine   220284 磐石市兴业矿业有限公司
mine   220681 临江市硅藻土新材料有限公司
"""
_BODIES = """
220184 公主岭市教育局
220184 公主岭市水利工程建设中心
220184 公主岭市城市建设服务中心
220102 长春市南关区教育局
220102 长春市市政设施建设中心
222401 延吉市公共设施建设中心
220204 吉林市城乡建设服务中心
220521 通化县交通运输服务中心
220702 松原市卫生健康服务中心
220822 通榆县水利工程服务中心
220421 东丰县教育局
220602 白山市市政工程服务中心
220322 梨树县卫生健康局
"""


@dataclass(frozen=True)
class Owner:
    """A project unit of the demonstration. `line` is the kind of thing it builds, "public" for a public body."""

    credit_code: str
    name: str
    line: str
    region: str
    kind: str
    contact: str
    mobile: str


def owners(contact_names: Sequence[str]) -> tuple[Owner, ...]:
    """Everyone who declares: the two demonstration enterprises first, then the others, each with a contact's name."""
    first = tuple(
        Owner(one.credit_code, one.org_name, line, region, "enterprise", one.name, one.mobile)
        for one, line, region in zip(ENTERPRISES, ("auto", "food"), ("220102", "220184"), strict=True)
    )
    rows = [
        *(row.split() for row in _COMPANIES.split("\n") if row),
        *(["public", *row.split()] for row in _BODIES.split("\n") if row),
    ]
    return first + tuple(
        _owner(number, *row, contact=contact)
        for number, (row, contact) in enumerate(zip(rows, contact_names, strict=False), start=3)
    )


def _owner(number: int, line: str, region: str, name: str, *, contact: str) -> Owner:
    is_public = line == "public"
    is_office = name.endswith("局")
    body = (
        f"1{1 if is_office else 2}{region}{41270000 + number * 37:08d}"
        if is_public
        else f"91{region}MA1{70100 + number * 7:05d}"
    )
    kind = ("government_body" if is_office else "public_institution") if is_public else "enterprise"
    return Owner(credit_code.make(body), name, line, region, kind, contact, f"1380000{number:04d}")
