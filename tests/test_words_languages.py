"""A note in another language than its customer's is noticed, one in the right one is not."""

from pathlib import Path

import pytest

from appreciation.words.checks import faults
from appreciation.words.languages import NAMES, other_language

LISTS = Path(__file__).parent / "agenda"


def notes_in(language: str) -> list[str]:
    """Return texts of three sentences, as long as a short note."""
    lines = (LISTS / language / "clean.txt").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if "@" not in line]
    texts = [" ".join(told[start : start + 3]) for start in range(0, len(told) - 2, 3)]
    return [text for text in texts if len(text.split()) > 15]


@pytest.mark.parametrize("language", NAMES)
def test_a_note_in_its_own_language_is_never_taken_for_another(language: str) -> None:
    assert [text for text in notes_in(language) if other_language(text, language)] == []


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("meant", NAMES)
def test_nine_of_ten_notes_in_a_wrong_language_are_noticed(language: str, meant: str) -> None:
    texts = notes_in(language)
    noticed = [text for text in texts if other_language(text, meant) == language]

    assert len(noticed) >= 0.9 * len(texts) or language == meant


def test_a_language_that_we_do_not_know_is_left_alone() -> None:
    assert other_language(notes_in("de")[0], "sv") is None


def test_a_few_words_tell_nothing() -> None:
    assert other_language("Vielen Dank und alles Gute!", "en") is None


def test_what_a_customer_chose_may_be_called_in_any_language() -> None:
    chosen = (
        "ein großes Brot mit der Kruste aus dem Ofen von nebenan und zwei Brezeln für die Kinder"
    )
    body = f"Dear Ada,\n\nYou chose {chosen}. It was good to see you.\n\nRosa"

    assert faults("Thank you", body, allowed=[chosen]) == []
    assert faults("Thank you", body) == [
        "line 1: the note reads like German, and should be English"
    ]


def test_a_note_in_two_languages_is_left_to_whoever_reads_it() -> None:
    english, german = notes_in("en")[:20], notes_in("de")[:20]
    both = [f"{one} {other}" for one, other in zip(english, german, strict=True)]
    taken_for_german = [text for text in both if other_language(text, "en")]
    taken_for_english = [text for text in both if other_language(text, "de")]

    assert len(taken_for_german) + len(taken_for_english) <= 4
