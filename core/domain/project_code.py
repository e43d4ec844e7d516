"""The project code: `YYYY-RRRRRR-II-TT-NNNNNN`, 20 digits and 4 hyphens, one for a project's whole life (A11.1).

Input is forgiving, storage canonical. Codes of the national rule of 2020 (GB/T 40058) have as many digits; they end in
a check digit and are looked up as legacy codes, so they are recognised and told apart.
"""

import re
import unicodedata
from dataclasses import dataclass

from core.errors import RuleRefusal

SERIAL_LIMIT = 999_999
FIRST_YEAR, LAST_YEAR = 2015, 2099
PROJECT_TYPES = {"01": "审批", "02": "核准", "03": "备案"}
_DIGITS = 20
_HYPHENS = "_＿−~～ー"  # what keyboards offer besides the dashes of Unicode
_LOOKALIKES = {"O": "0", "o": "0", "I": "1", "l": "1", "Z": "2", "S": "5", "B": "8"}
_INSIDE_TEXT = re.compile(r"(?<![\w-])(\d{4}) *- *(\d{6}) *- *(\d{2}) *- *(\d{2}) *- *(\d{6})(?![\w-])", re.ASCII)


@dataclass(frozen=True, order=True)
class ProjectCode:
    """A code of this platform. `region`: GB/T 2260, `industry`: GB/T 4754 division, `project_type`: 01, 02 or 03."""

    year: int
    region: str
    industry: str
    project_type: str
    serial: int

    def __post_init__(self) -> None:
        """Refuses parts no code of this platform has (A11.1)."""
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise _refusal(f"项目代码前 4 位应为赋码年份（{FIRST_YEAR}—{LAST_YEAR}），不能是 {self.year:04d}")
        if not _is_digits(self.region, 6):
            raise _refusal(f"项目代码的行政区划应为 6 位数字，不能是“{self.region}”")
        if not _is_digits(self.industry, 2):
            raise _refusal(f"项目代码的行业代码应为 2 位数字，不能是“{self.industry}”")
        if self.project_type not in PROJECT_TYPES:
            words = "项目代码的项目类型（第 13、14 位）应为 01 审批、02 核准或 03 备案"
            raise _refusal(f"{words}，不能是“{self.project_type}”")
        if not 1 <= self.serial <= SERIAL_LIMIT:
            raise _refusal(f"项目代码的后 6 位流水号应在 000001—{SERIAL_LIMIT} 之间，不能是 {self.serial:06d}")

    def __str__(self) -> str:
        """The canonical 24 characters."""
        return f"{self.year:04d}-{self.region}-{self.industry}-{self.project_type}-{self.serial:06d}"


def parse(text: str) -> ProjectCode:
    """Read a code as people type or paste it: spaces, full-width digits, odd or missing hyphens, words around it.

    Refuses, saying what is wrong: a character that is no digit, a wrong number of digits, an impossible year, type or
    serial, and a code of the national rule of 2020 (A11.1).
    """
    digits = _digits(text)
    if not digits:
        raise _refusal("请填写项目代码")
    for place, character in enumerate(digits, start=1):
        if not _is_digits(character, 1):
            hint = f"，是否应为数字 {_LOOKALIKES[character]}" if character in _LOOKALIKES else ""
            raise _refusal(f"项目代码只含数字和连字符，第 {place} 位是“{character}”{hint}，请核对")
    if len(digits) != _DIGITS:
        raise _refusal(f"项目代码应有 {_DIGITS} 位数字（连字符可不填），现有 {len(digits)} 位，请核对")
    if _is_gb40058(digits):
        raise _refusal("这是按 2020 年国家规范（GB/T 40058）编制的代码，不是本平台赋码，请作为旧编码查询")
    return ProjectCode(int(digits[:4]), digits[4:10], digits[10:12], digits[12:14], int(digits[14:]))


def is_gb40058(text: str) -> bool:
    """Whether this is a code of the national rule of 2020: year and month in front, check digit at the end."""
    return _is_gb40058(_digits(text))


def refuse_exhausted(serial: int, series: str) -> None:
    """Refuse the serial after the last of its series: the space is exhausted and never starts again (A11.1)."""
    if serial > SERIAL_LIMIT:
        words = f"{series} 的流水号已用完（{SERIAL_LIMIT:,} 个），暂时不能赋码，请联系省经济信息中心"
        raise RuleRefusal(words, article="A11.1")


def _refusal(words: str) -> RuleRefusal:
    return RuleRefusal(words, field="code", article="A11.1")


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def _digits(text: str) -> str:
    """What stands where the digits should: spaces, hyphens and the words around the code are left out."""
    plain = "".join(_plain(character) for character in text)
    inside = {"".join(match.groups()) for match in _INSIDE_TEXT.finditer(plain)}
    if len(inside) == 1:
        return inside.pop()
    bare = plain.replace(" ", "").replace("-", "")
    start = next((place for place, character in enumerate(bare) if not _is_around(character)), len(bare))
    end = next((place for place in range(len(bare), start, -1) if not _is_around(bare[place - 1])), start)
    return bare[start:end]


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Pd" or character in _HYPHENS:
        return "-"
    if category == "Cf":  # zero-width characters and marks of direction come along when pasting
        return ""
    if character.isspace():
        return " "
    return chr(ord(character) - 0xFEE0) if "！" <= character <= "～" else character


def _is_around(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" or unicodedata.category(character) == "Lo"


def _is_gb40058(digits: str) -> bool:
    # Issued since October 2020: the first group is year and month. ISO 7064 MOD 11,10 over the 19 digits in front.
    if not _is_digits(digits, _DIGITS) or int(digits[:4]) < 2010 or not 1 <= int(digits[2:4]) <= 12:
        return False
    rest = 10
    for digit in digits[:-1]:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(digits[-1])
