"""Classified words are kept out, before anything is stored (A3.2).

A text is folded first (NFKC, invisible characters and separators gone, stars alike), so that neither spaces nor
lookalikes hide a word. Folding also glues words together that merely stand side by side (隔绝、密封; 计算机密码): what
such chance meetings make is known and let pass, and so are sentences that say the opposite (不涉密).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import FormRefusal

WORDS = (
    "绝密",
    "机密",
    "秘密★",
    "秘密级",
    "国家秘密",
    "军事秘密",
    "涉密",
    "内部文件不得外传",
    "内部资料不得外传",
    "不得在互联网上传输",
)
"""The list a platform starts with; the coordinator configures it. A plain 秘密 is no hit, 秘密★1年 and 秘密级 are."""

# The second half of an everyday word that begins with 密: 电机+密封, 杜绝+密闭, 计算机+密码, 涉+密封.
_TAILS = "封闭度集切码性排实植林布钥目肋炼织接胺"

_NEGATED = (
    r"(?:不|非|未|无|没有|禁止|严禁|删除|去除|剔除|已删)"
    r"(?:得|再|有|是|含|包含|涉及|属于|存在|发现|填写|上传|录入|办理)*(?:任何)?(?:涉密|国家秘密|军事秘密)"
)
_HARMLESS = re.compile(
    "|".join(
        (
            _NEGATED,
            r"是否(?:涉密|涉及国家秘密)(?!是)",
            r"保守国家秘密法",
            r"涉密项目[和及]?(?:涉密)?信息不得通过(?:本|在线)平台",
            r"商业机密",
        )
    )
)
_VARIANTS = zip("絕絶機國級軍內網傳輸祕袐宻", "绝绝机国级军内网传输秘秘密", strict=True)
_STARS = str.maketrans(dict.fromkeys("☆⭐✩✪✮✯*﹡＊⋆", "★") | dict(_VARIANTS))
# The Hangul fillers count as letters and print nothing; U+3164 and U+FFA0 become U+1160 under NFKC.
_SEPARATORS = re.compile(r"[^\w★]+|_+|[\u115f\u1160]+")


@dataclass(frozen=True)
class Hit:
    """A word of the list that was found; never the text around it, which may itself be classified."""

    word: str


def fold(text: str) -> str:
    """The text as it is searched: compatibility forms, separators and invisible characters gone, stars alike."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).translate(_STARS)).casefold()


def find_classified(text: str, words: Sequence[str] = WORDS) -> Hit | None:
    """The first word of the list that this text holds; None when it may be stored (A3.2)."""
    # Separators keep a harmless phrase from joining its neighbours, so a letter no list holds stands in for it.
    searched = _HARMLESS.sub("\x00", fold(text))
    for word in words:
        wanted = re.escape(fold(word)) + (f"(?![{_TAILS}])" if word.endswith("密") else "")
        if re.search(wanted, searched):
            return Hit(word)
    return None


def refuse_classified(texts: Mapping[str, str], words: Sequence[str] = WORDS) -> None:
    """Refuse when any of these texts (field → text) may be classified, naming each field. A3.2."""
    hits = {field: hit for field, text in texts.items() if (hit := find_classified(text, words))}
    if hits:
        raise FormRefusal({field: refusal_words(hit) for field, hit in hits.items()}, article="A3.2")


def refusal_words(hit: Hit) -> str:
    """What the person is told beside the field."""
    return f"“{hit.word}”可能涉密。涉密项目不得通过本平台办理，请删除或改走线下渠道；内容未保存"
