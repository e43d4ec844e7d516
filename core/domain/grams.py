"""How names are compared when somebody searches: letters and digits alone, cut into pieces of one and two.

Chinese has no blanks between words, so an index of words finds nothing inside a name; one of pairs finds any part of
it. What is typed may be full-width, in capitals, with hyphens or blanks: only letters and digits count.
"""

import unicodedata

MOST_WORDS = 6
LONGEST_WORD = 40
"""Words of a search that count, and letters of each: more tells no two projects apart."""


def normalised(text: str) -> str:
    """The letters and digits of a text in their plain form (NFKC, small letters), nothing between them."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def words_of(query: str) -> tuple[str, ...]:
    """What a search asks for: every word, parted by blanks, must occur; none when no letter or digit was typed."""
    words = (normalised(word)[:LONGEST_WORD] for word in query.split())
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def grams(text: str) -> frozenset[str]:
    """Every letter and every pair of neighbours in a normalised text."""
    return frozenset(text) | {text[at : at + 2] for at in range(len(text) - 1)}


def grams_asked(word: str) -> frozenset[str]:
    """The grams a text must have to hold a normalised word: its pairs, or itself when it is a single letter."""
    return frozenset({word}) if len(word) < 2 else frozenset(word[at : at + 2] for at in range(len(word) - 1))
