"""Reading one answer of a form: what someone typed → the value that is kept, or words that say what to mend (A14.1b).

Forgiving where it can be: full-width digits, spaces, thousands separators, 2027年4月 for a month. One reader per kind.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.domain import credit_code, identity_number, project_code
from core.domain.boundary import read_boundary
from core.domain.fields import FieldSpec, Industry, JsonValue, Kind
from core.domain.remit import Level, Region
from core.errors import RuleRefusal

YES = frozenset({"true", "yes", "on", "1", "是"})
NO = frozenset({"false", "no", "off", "0", "否"})

LENGTHS = {
    "project_name": (4, 100),
    "ratification_catalogue_item": (2, 200),
    "site_address": (5, 200),
    "scale_and_content": (20, 2000),
    "main_products": (2, 1000),
    "process_and_equipment": (2, 1000),
    "unit_name": (2, 100),
    "unit_address": (5, 200),
    "legal_representative": (2, 50),
    "contact_name": (2, 50),
    "image_progress": (10, 1000),
}
"""Characters of a text, fewest and most; any other text holds 1 to 500."""

POSITIVE = frozenset({"total_investment", "annual_water_intake", "new_construction_land_area"})
"""Amounts that can't be nought once they are asked for."""

_THOUSANDS = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+)(?:\.\d*)?")
_MONTH = re.compile(r"(\d{4})\s*[-年/.]?\s*(\d{1,2})\s*月?")
_DATE = re.compile(r"(\d{4})\s*[-年/.]?\s*(\d{1,2})\s*[-月/.]?\s*(\d{1,2})\s*日?")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")


@dataclass(frozen=True)
class Ground:
    """What answers are judged against: the day in Asia/Shanghai, the regions valid on it, the industries.

    `earliest_start` is the first month in which building may begin; empty for the month of `today`.
    """

    today: date
    regions: Mapping[str, Region]
    industries: Mapping[str, Industry]
    earliest_start: str = ""

    @property
    def starts_from(self) -> str:
        """The first month in which building may begin, as 2027-04."""
        return self.earliest_start or f"{self.today:%Y-%m}"


def read_value(spec: FieldSpec, answers: list[str], ground: Ground) -> JsonValue:
    """The value of one field, None when nothing was answered.

    Refuses with the field's identifier and words for its reader what can't be read or breaks the field's own rule;
    whether an answer is wanted at all is not asked here. A14.1b.
    """
    given = [text for answer in answers if (text := _cleaned(answer))]
    return _READERS[spec.kind](spec, given, ground) if given else None


def missing_words(spec: FieldSpec) -> str:
    """What a field says when it was left out: 请填写项目名称, 请选择建设性质, 请确认……."""
    if spec.identifier == "not_classified_declared":
        return "请先确认项目及材料不涉密。涉密项目不得通过本平台办理，请改走线下渠道"
    verb = {Kind.CONFIRM: "请确认"} | dict.fromkeys(_PICKED, "请选择")
    return f"{verb.get(spec.kind, '请填写')}{spec.spoken.removesuffix('声明')}"


def _cleaned(text: str) -> str:
    """Composed, without invisible characters and outer blanks; line breaks stay."""
    kept = (
        char
        for char in unicodedata.normalize("NFC", text)
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return "".join(kept).strip()


def _half(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", _half(text))


def _refusal(spec: FieldSpec, words: str) -> RuleRefusal:
    return RuleRefusal(words, field=spec.identifier, article="A14.1b")


def _text(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    text = given[0] if spec.kind is Kind.LONG_TEXT else re.sub(r"\s+", " ", given[0])
    text = text.replace("\r\n", "\n")
    least, most = LENGTHS.get(spec.identifier, (1, 500))
    if not least <= len(text) <= most:
        raise _refusal(spec, f"{spec.spoken}要 {least} 至 {most} 字，现在 {len(text)} 字")
    return text


def _choice(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    if given[0] not in {choice.code for choice in spec.choices}:
        raise _refusal(spec, f"请从列出的选项中选择{spec.spoken}")
    return given[0]


def _choices(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    return list(dict.fromkeys(str(_choice(spec, [each], ground)) for each in given))


def _yes_no(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    if given[-1] in YES:
        return True
    if given[-1] in NO:
        return False
    raise _refusal(spec, missing_words(spec))


def _confirm(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    if given[-1] not in YES:
        raise _refusal(spec, missing_words(spec))
    return True


def _decimal(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    text = _squeezed(given[0]).removesuffix(spec.unit).lstrip("¥")
    negative = text.startswith(("-", "−"))
    if negative or not _THOUSANDS.fullmatch(text.removeprefix("+")):
        unit = f"，单位是{spec.unit}" if spec.unit else ""
        raise _refusal(spec, f"{spec.spoken}不能小于 0" if negative else f"{spec.spoken}请填数字{unit}")
    number = Decimal(text.replace(",", ""))
    if number.adjusted() >= spec.digits - spec.places:  # before rounding, which can't hold more than 28 digits
        raise _refusal(spec, f"{spec.spoken}的数太大，请核对单位（{spec.unit}）")
    if number != (rounded := number.quantize(Decimal(1).scaleb(-spec.places))):
        raise _refusal(spec, f"{spec.spoken}最多写到小数点后 {spec.places} 位")
    if not number and spec.identifier in POSITIVE:
        raise _refusal(spec, f"{spec.spoken}要大于 0")
    return f"{rounded:f}"


def _month(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    found = _MONTH.fullmatch(_half(given[0]))
    if found is None or not 1949 <= int(found[1]) <= 2100 or not 1 <= int(found[2]) <= 12:
        raise _refusal(spec, f"{spec.spoken}请写成年和月，如 2027-04")
    return f"{found[1]}-{int(found[2]):02}"


def _date(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    found = _DATE.fullmatch(_half(given[0]))
    try:
        return date(*map(int, found.groups())).isoformat() if found else _no_date(spec)
    except ValueError:
        return _no_date(spec)


def _no_date(spec: FieldSpec) -> JsonValue:
    raise _refusal(spec, f"{spec.spoken}请写成年、月、日，如 2027-04-15")


def _region(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    code = _squeezed(given[0])
    if code not in ground.regions:
        raise _refusal(spec, f"没有找到代码为 {code[:12]} 的地区，请重新选择{spec.spoken}")
    if spec.kind is Kind.ZONE and ground.regions[code].level is not Level.ZONE:
        raise _refusal(spec, f"{ground.regions[code].name}不是开发区，请选择开发区")
    if spec.kind is Kind.REGION and ground.regions[code].level is Level.ZONE:
        # A zone's own code is none of GB/T 2260: it must not get into a project code (A11.1).
        raise _refusal(
            spec, f"{spec.spoken}请选到市（州）或县（市、区）；{ground.regions[code].name}请在“开发区”中选择"
        )
    return code


def _regions(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    codes = [code for each in given for code in re.split(r"[\s,，、;；]+", each) if code]
    return list(dict.fromkeys(str(_region(spec, [code], ground)) for code in codes))


def _industry(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    code = _squeezed(given[0])
    if code not in ground.industries:
        raise _refusal(spec, f"请选择{spec.spoken}：《国民经济行业分类》中的两位大类")
    return code


def _industry_class(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    code = _squeezed(given[0])
    if not re.fullmatch(r"[0-9]{4}", code):
        raise _refusal(spec, f"{spec.spoken}是 4 位数字，不能只填到大类")
    return code


def _credit_code(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    return credit_code.parse(given[0], field=spec.identifier)


def _identity_number(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    number = _squeezed(given[0]).upper()
    if words := identity_number.why_wrong(number, name=spec.spoken, today=ground.today):
        raise _refusal(spec, words)
    return number


def _mobile(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    number = re.sub(r"[-()]", "", _squeezed(given[0]))
    number = number.removeprefix("+86") if len(number) > 11 else number
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise _refusal(spec, f"手机号码应为 11 位数字，以 13 至 19 开头，现在 {len(number)} 位，请核对")
    return number


def _phone(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    text = re.sub(r"[()（）—–]", "-", _squeezed(given[0])).strip("-")
    found = re.fullmatch(r"(0[0-9]{2,3})-?([0-9]{7,8})(?:(?:-|转)([0-9]{1,6}))?", text)
    if found is None:
        raise _refusal(spec, "固定电话请写区号和号码，如 0431-88901234")
    return "-".join(part for part in found.groups() if part)


def _email(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    address = _squeezed(given[0])
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise _refusal(spec, "电子邮箱应含 @ 和域名，如 zhangsan@example.cn，请核对")
    return address


def _project_code(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    try:
        return str(project_code.parse(given[0]))
    except RuleRefusal as refusal:
        raise _refusal(spec, refusal.words) from None


def _legacy_codes(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    """One code a line. A code of a national rule is known by its form; any other may name its kind before a colon."""
    lines = [line.strip() for each in given for line in each.splitlines() if line.strip()]
    if too_long := next((line for line in lines if len(line) > 100), None):
        raise _refusal(spec, f"原项目编码每行一个，最多 100 字：{too_long[:20]}…")
    kinds = {name: choice.code for choice in spec.choices for name in (choice.code, choice.name)}
    return [_legacy_code(line, kinds) for line in dict.fromkeys(lines)]


def _legacy_code(line: str, kinds: Mapping[str, str]) -> JsonValue:
    head, colon, tail = line.replace("：", ":").partition(":")
    value = tail.strip() if colon and head.strip() in kinds else line
    if project_code.is_gb40058(value):
        return {"kind": "gb40058", "value": value}
    try:
        return {"kind": "platform2017", "value": str(project_code.parse(value))}
    except RuleRefusal:
        return {"kind": kinds.get(head.strip(), "other") if colon else "other", "value": value}


def _boundary(spec: FieldSpec, given: list[str], ground: Ground) -> JsonValue:
    return read_boundary(_half(given[0]), spec.identifier)


_PICKED = (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.REGION, Kind.REGIONS, Kind.ZONE, Kind.INDUSTRY)

_READERS: Mapping[Kind, Callable[[FieldSpec, list[str], Ground], JsonValue]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.CONFIRM: _confirm,
    Kind.DECIMAL: _decimal,
    Kind.MONTH: _month,
    Kind.DATE: _date,
    Kind.REGION: _region,
    Kind.REGIONS: _regions,
    Kind.ZONE: _region,
    Kind.INDUSTRY: _industry,
    Kind.INDUSTRY_CLASS: _industry_class,
    Kind.CREDIT_CODE: _credit_code,
    Kind.IDENTITY_NUMBER: _identity_number,
    Kind.MOBILE: _mobile,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.BOUNDARY: _boundary,
    Kind.LEGACY_CODES: _legacy_codes,
    Kind.PROJECT_CODE: _project_code,
}
