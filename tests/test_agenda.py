"""What has an agenda is found and what has none is left alone, by lists in each language."""

import tomllib
from pathlib import Path

import pytest

from appreciation.words import checks
from appreciation.words.checks import agenda, faults
from appreciation.words.selling import sounds_like_selling
from benchmarks import learn_agenda

LISTS = Path(__file__).parent / "agenda"
RULES = Path(checks.__file__).parent / "agenda"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")


def sentences(language: str, name: str) -> list[str]:
    return (LISTS / language / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def has_agenda(sentence: str, language: str) -> bool:
    return any(True for _ in agenda(sentence, language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_enough_to_measure_by(language: str) -> None:
    plain, clean = sentences(language, "plain"), sentences(language, "clean")

    assert len(set(plain)) >= 100
    assert len(set(clean)) >= 200
    assert not set(plain) & set(clean)


@pytest.mark.parametrize("language", LANGUAGES)
def test_98_of_100_plain_agendas_are_found(language: str) -> None:
    plain = sentences(language, "plain")
    missed = [each for each in plain if not has_agenda(each, language)]

    assert len(missed) <= 0.02 * len(plain), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_one_clean_sentence_in_100_is_stopped(language: str) -> None:
    clean = sentences(language, "clean")
    stopped = [each for each in clean if has_agenda(each, language)]

    assert len(stopped) <= 0.01 * len(clean), stopped


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_written_later_is_told_apart_as_well(language: str) -> None:
    missed = [each for each in sentences(language, "later-plain") if not has_agenda(each, language)]
    stopped = [each for each in sentences(language, "later-clean") if has_agenda(each, language)]

    assert stopped == []
    assert len(missed) <= 0.1 * len(sentences(language, "later-plain")), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_learned_from_is_told_apart(language: str) -> None:
    for name in ("fresh", "unseen"):
        # The second half of the unseen teaches nothing.
        every = 2 if name == "unseen" else 1
        plain = sentences(language, f"{name}-plain")[::every]
        clean = sentences(language, f"{name}-clean")[::every]
        missed = [each for each in plain if not has_agenda(each, language)]
        stopped = [each for each in clean if has_agenda(each, language)]

        assert len(missed) <= 0.02 * len(plain), missed
        assert len(stopped) <= 0.01 * len(clean), stopped


def test_of_what_nobody_has_looked_at_most_is_found_and_hardly_any_is_stopped() -> None:
    """Each second line of the unseen lists, for which no rule was written and no weight learned."""
    found, stopped = (
        [
            has_agenda(sentence, language)
            for language in LANGUAGES
            for sentence in sentences(language, f"unseen-{kind}")[1::2]
        ]
        for kind in ("plain", "clean")
    )

    assert sum(found) >= 0.64 * len(found)
    assert sum(stopped) <= 0.011 * len(stopped)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_what_the_lists_teach(language: str) -> None:
    learned = learn_agenda.learned(learn_agenda.taught(language))
    kept = (RULES / f"{language}.weights").read_text(encoding="utf-8")

    assert kept == learn_agenda.as_text(learned)


def test_what_sounds_like_selling_is_told_by_the_words_that_do() -> None:
    sentence = "The sun is out, so why not surprise your wife with a weekend at our hotel?"
    start, end = sounds_like_selling(sentence, "en") or (0, 0)

    assert 0 < end - start < len(sentence)
    assert sounds_like_selling("Thank you for the tomatoes.", "en") is None
    assert sounds_like_selling(sentence, "sv") is None


def test_a_region_hears_with_the_ears_of_its_language() -> None:
    sentence = "Stay three nights and pay for two."

    assert has_agenda(sentence, "en-GB")
    assert sounds_like_selling(sentence, "en-GB") == sounds_like_selling(sentence, "en")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Come by before Saturday, something special waits for you at the till."),
        ("de", "Kommen Sie vor Samstag vorbei, an der Kasse wartet etwas Besonderes auf Sie."),
        ("fr", "Passez avant samedi, une petite surprise vous attend à la caisse."),
        ("es", "Pásate antes del sábado, en la caja te espera algo especial."),
        ("it", "Passi prima di sabato, alla cassa la aspetta qualcosa di speciale."),
        ("pt", "Passe antes de sábado, algo especial espera por você no caixa."),
        ("nl", "Kom voor zaterdag langs, bij de kassa ligt iets bijzonders voor u klaar."),
    ],
)
def test_an_offer_without_a_single_word_of_selling_is_one(language: str, sentence: str) -> None:
    found = faults("x", f"Ada,\n\n{sentence}\n\nRosa", language=language)

    assert found
    assert all(fault.startswith("line 3: ") for fault in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_of_what_it_finds(language: str) -> None:
    def reasons(of: str) -> set[str]:
        data = tomllib.loads((RULES / f"{of}.toml").read_text(encoding="utf-8"))
        return {rule["why"] for rule in data["rule"]}

    assert reasons(language) == reasons("en")


@pytest.mark.parametrize(
    ("sentence", "sells"),
    [
        ("Visit our online store for the perfect present.", True),
        ("The present you made stands in our store.", False),
        ("Visit your sister for me.", False),
    ],
)
def test_a_thing_for_sale_and_a_call_to_act_sell_together_and_not_alone(
    sentence: str, sells: bool
) -> None:
    assert has_agenda(sentence, "en") == sells


@pytest.mark.parametrize(
    ("language", "given", "asked"),
    [
        ("en", "You raised 50 € for the shelter.", "It is 50 € in the shop."),
        ("de", "50 € haben Sie für das Hospiz gesammelt.", "Das kostet 50 €."),
        ("fr", "Vous avez récolté 50 €.", "Cela coûte 50 €."),
        ("es", "Usted recaudó 50 €.", "Cuesta 50 €."),
        ("it", "Ha raccolto 50 €.", "Costa 50 €."),
        ("pt", "Arrecadou 50 €.", "Custa 50 €."),
        ("nl", "U hebt 50 € opgehaald.", "Het kost 50 €."),
    ],
)
def test_money_that_was_given_is_no_price(language: str, given: str, asked: str) -> None:
    assert not has_agenda(given, language)
    assert has_agenda(asked, language)
