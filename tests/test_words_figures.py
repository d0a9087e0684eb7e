"""Numbers in a letter, as each language writes them."""

from pathlib import Path
from typing import Any

import pytest

from appreciation.errors import NoteBlocked
from appreciation.words.figures import LANGUAGE
from appreciation.words.rendering import Letter
from appreciation.words.wording import Wording, read


def said(tmp_path: Path, expression: str, language: str = "en", **words: Any) -> str:
    """Return what ``expression`` becomes in the subject of a note in ``language``."""
    file = tmp_path / "wording.md"
    file.write_text(f"+++\nsubject = '''{{{{ {expression} }}}}'''\n+++\nx\n", encoding="utf-8")
    wording: Wording = read(file, f"birthday/{language}/wording")
    return Letter(wording).write(words)[0].replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "which", "expected"),
    [
        *[("en", n, f"{n}{end}") for n, end in [(1, "st"), (2, "nd"), (3, "rd"), (11, "th")]],
        *[("en", n, f"{n}{end}") for n, end in [(21, "st"), (112, "th"), (40, "th")]],
        *[("de", 21, "21."), ("nl", 8, "8e"), ("fr", 1, "1er"), ("fr", 30, "30e")],
        *[("es", 3, "3.º"), ("it", 8, "8º"), ("pt", 2, "2.º"), ("fi", 5, "5.")],
    ],
)
def test_which_one_it_is_ends_as_its_language_ends_it(
    tmp_path: Path, language: str, which: int, expected: str
) -> None:
    assert said(tmp_path, f"{which}|ordinal", language) == expected


def test_a_feminine_one_ends_otherwise(tmp_path: Path) -> None:
    assert said(tmp_path, '1|ordinal("f")', "fr") == "1re"
    assert said(tmp_path, '3|ordinal("f")', "es") == "3.ª"
    assert said(tmp_path, '3|ordinal("f")', "en") == "3rd"


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 0, "0 days"),
        ("en", 1, "1 day"),
        ("en", 1200, "1,200 days"),
        # Nothing is one in French.
        ("fr", 0, "0 day"),
        ("de", 1200, "1.200 days"),
    ],
)
def test_how_many_there_are_chooses_the_words(
    tmp_path: Path, language: str, count: int, expected: str
) -> None:
    counted = said(tmp_path, f'{count}|plural(one="# day", other="# days")', language)

    assert counted == expected


def test_a_language_with_more_plurals_has_them(tmp_path: Path) -> None:
    words = 'n|plural(one="# dzień", few="# dni", many="# dni!", other="# dnia")'

    assert [said(tmp_path, words, "pl", n=n) for n in (1, 3, 5)] == ["1 dzień", "3 dni", "5 dni!"]


def test_amounts_and_large_numbers_are_written_as_the_region_does(tmp_path: Path) -> None:
    assert said(tmp_path, "1200.5|number", "de") == "1.200,5"
    assert said(tmp_path, "1200|number", "de", **{LANGUAGE: "de-CH"}) == "1\u2019200"
    assert said(tmp_path, '340|money("EUR")') == "€340.00"
    assert said(tmp_path, '"340.5"|money("EUR")', "fr") == "340,50 €"
    assert said(tmp_path, '340|money("JPY")') == "¥340"


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("age|ordinal", "age is missing"),
        ('"many"|number', "'many' is no number"),
        ("1.5|ordinal", "1.5 is not a whole number"),
        ('2|plural(one="day")', 'plural needs an other="..."'),
        ('1|ordinal("x")', "ordinal knows 'm' and 'f', not 'x'"),
        ('3|money("EURO")', "'EURO' is no currency"),
        ("true|number", "True is no number"),
        ('"NaN"|number', "'NaN' is no number"),
    ],
)
def test_what_cannot_be_counted_blocks_the_note_and_says_why(
    tmp_path: Path, expression: str, wrong: str
) -> None:
    with pytest.raises(NoteBlocked, match=r"wording\.md:2: ") as blocked:
        said(tmp_path, expression, age=None)

    assert wrong in str(blocked.value)
