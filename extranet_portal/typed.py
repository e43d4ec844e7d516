"""What officers type: read by field, bounded, and kept free of classified words before anything is stored (A3.2)."""

from collections.abc import Mapping

from core.domain.secrecy import refuse_classified
from core.errors import Conflict, FormRefusal
from core.web.ask import Ask

Limits = Mapping[str, tuple[str, int]]
"""Field → what it is called in a sentence, and how many characters it may have."""


def read_texts(ask: Ask, limits: Limits) -> dict[str, str]:
    """The posted texts by field, without blanks at their ends.

    Refuses every text that is too long or may be classified, at once. A3.2.
    """
    texts = {name: ask.text(name).strip() for name in limits}
    too_long = {
        name: f"{label}最多 {limit} 个字，现在是 {len(texts[name])} 个字，请删减"
        for name, (label, limit) in limits.items()
        if len(texts[name]) > limit
    }
    if too_long:
        raise FormRefusal(too_long)
    refuse_classified(texts)
    return texts


def refuse_stale(ask: Ask, version: int) -> None:
    """Raise Conflict when the page that was sent shows an older version: before anything else is judged (A4.4)."""
    if ask.seen() not in (None, version):
        raise Conflict("这一页打开之后，其他人已作了改动，请看最新情况")
