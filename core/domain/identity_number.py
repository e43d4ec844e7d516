"""A person's identity number: a resident's is checked by GB 11643, a passport's only for its characters (A14.1b)."""

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EARLIEST = date(1900, 1, 1)


def why_wrong(number: str, *, name: str, today: date) -> str:
    """What is wrong with a number in capitals and without spaces, in words; empty when it can be a person's.

    `name` is what the sentence calls the field. A14.1b.
    """
    if re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return _why_no_resident(number, today)
    if not re.fullmatch(r"[A-Z0-9]{5,17}", number) or re.fullmatch(r"[0-9]{15,}", number):
        return f"{name}：居民身份证 18 位，护照和通行证 5 至 17 位字母数字，请核对"
    return ""


def _why_no_resident(number: str, today: date) -> str:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = date.max
    if not _EARLIEST <= born <= today:
        return "身份证号码第 7 至 14 位不是可能的出生日期，请核对"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "" if _CHECKS[total % 11] == number[17] else "身份证号码第 18 位校验不符，请核对"
