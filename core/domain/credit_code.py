"""The unified social credit code of an enterprise or public body, GB 32100-2015 (A14.1a).

18 characters: registering department, kind of body, region (6), body identifier of GB 11714 (8 and its check
character), check character. A region that has been abolished since is no fault.
"""

from core.errors import RuleRefusal

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_CHECKS = "0123456789X0"  # by 11 − Σ mod 11, which is 1 to 11
_LENGTH = 18
_OTHER_NUMBERS = {9: "，这可能是组织机构代码", 15: "，这可能是旧的营业执照注册号"}
_LOOKALIKES = {"I": "数字 1", "O": "数字 0", "Z": "数字 2", "S": "数字 5", "V": "字母 U 或 Y"}


def parse(text: str, *, field: str = "credit_code") -> str:
    """The code in capitals and half-width, without spaces.

    Refuses, naming the place: a wrong length, a character outside the alphabet, letters in the region, a body
    identifier (position 17) or a code (position 18) whose check character does not fit. A14.1a.
    """
    code = "".join(_plain(character) for character in text).upper()
    if not code:
        raise _refusal("请填写统一社会信用代码", field)
    if len(code) != _LENGTH:
        hint = _OTHER_NUMBERS.get(len(code), "")
        raise _refusal(f"统一社会信用代码应为 {_LENGTH} 位，现有 {len(code)} 位{hint}，请核对", field)
    _refuse_strange_characters(code, field)
    if code[16] != _body_check(code[8:16]):
        raise _refusal("统一社会信用代码第 17 位（主体标识码校验位）不符，请核对第 9 至 17 位", field)
    if code[17] != _check(code[:17]):
        raise _refusal("统一社会信用代码第 18 位校验不符，请核对", field)
    return code


def make(body: str) -> str:
    """Complete the first 16 characters with both check characters; refuses a beginning no code has (A14.1a)."""
    if len(body) != _LENGTH - 2:
        raise ValueError(f"a code begins with {_LENGTH - 2} characters before its checks, not {len(body)}")
    _refuse_strange_characters(body, "credit_code")
    beginning = body + _body_check(body[8:])
    return beginning + _check(beginning)


def _refuse_strange_characters(code: str, field: str) -> None:
    for place, character in enumerate(code, start=1):
        if character in _LOOKALIKES:
            words = f"统一社会信用代码第 {place} 位是字母 {character}，代码中不使用该字母，应为{_LOOKALIKES[character]}"
            raise _refusal(f"{words}，请核对", field)
        if character not in _VALUES:
            raise _refusal(f"统一社会信用代码第 {place} 位是“{character}”，只能是数字或大写字母，请核对", field)
        if 3 <= place <= 8 and not character.isdigit():
            raise _refusal(f"统一社会信用代码第 3 至 8 位是行政区划，应为数字，第 {place} 位是“{character}”", field)


def _refusal(words: str, field: str) -> RuleRefusal:
    return RuleRefusal(words, field=field, article="A14.1a")


def _plain(character: str) -> str:
    if character.isspace() or not character.isprintable():  # zero-width characters come along when pasting
        return ""
    return chr(ord(character) - 0xFEE0) if "！" <= character <= "～" else character


def _body_check(body: str) -> str:
    total = sum(int(character, 36) * weight for character, weight in zip(body, _BODY_WEIGHTS, strict=True))
    return _BODY_CHECKS[11 - total % 11]


def _check(beginning: str) -> str:
    total = sum(_VALUES[character] * weight for character, weight in zip(beginning, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]
