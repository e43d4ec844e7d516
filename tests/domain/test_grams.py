from hypothesis import given
from hypothesis import strategies as st

from core.domain.grams import MOST_WORDS, grams, grams_asked, normalised, words_of


def test_only_letters_and_digits_count_in_their_plain_form():
    assert normalised("吉林省（长春）ＡＢｃ－１２") == "吉林省长春abc12"
    assert normalised("2026-220102-38-01-000123") == "202622010238" + "01000123"


def test_every_word_of_a_search_counts_once():
    assert words_of(" 长春　光伏 长春 ") == ("长春", "光伏")
    assert words_of("%_'\"* —") == ()
    assert len(words_of(" ".join(str(number) for number in range(50)))) == MOST_WORDS


def test_letters_and_pairs_are_kept():
    assert grams("光伏电") == {"光", "伏", "电", "光伏", "伏电"}
    assert grams_asked("光") == {"光"}
    assert grams_asked("光伏电") == {"光伏", "伏电"}
    assert grams("") == frozenset()


@given(st.text(min_size=1, max_size=30), st.data())
def test_whatever_part_of_a_name_is_typed_its_grams_are_among_the_names(name: str, data: st.DataObject):
    text = normalised(name)
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    if part:
        assert grams_asked(part) <= grams(text)
