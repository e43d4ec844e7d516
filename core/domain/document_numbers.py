"""Numbers of approval documents (文号): when two spellings are one number, and which number follows (A14.4a)."""

import re
import unicodedata

LONGEST_KEY = 200
_OPENING, _CLOSING = "〔[(（【［﹝{", "〕])）】］﹞}"
_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "〔") | dict.fromkeys(_CLOSING, "〕"))
_YEAR = re.compile(rf"(?<=[{re.escape(_OPENING)}])\d{{4}}(?=[{re.escape(_CLOSING)}])")


def number_key(number: str) -> str:
    """What two spellings of one document number share: `审[2026] １号` and `审〔2026〕1 号` are `审〔2026〕1号`.

    Spaces, full-width characters, kinds of brackets and case make no other number.
    """
    folded = unicodedata.normalize("NFKC", number).casefold().translate(_BRACKETS)
    return "".join(one for one in folded if not one.isspace())[:LONGEST_KEY]


def following_number(last: str, year: int) -> str:
    """The document number after `last`: its serial plus one, from 1 again in a new year; empty without a serial.

    `审〔2026〕63 号` is followed by `审〔2026〕64 号`, next year by `审〔2027〕1 号`. Zeros in front of a serial stay.
    """
    found = re.search(r"(\d+)(?=\D*$)", last)
    if found is None:
        return ""
    dated = _YEAR.search(last)
    is_new_year = dated is not None and int(dated[0]) != year
    serial = "1" if is_new_year else str(int(found[1]) + 1)
    following = last[: found.start()] + serial.zfill(len(found[1]) if found[1][0] == "0" else 1) + last[found.end() :]
    return following[: dated.start()] + str(year) + following[dated.end() :] if dated else following
