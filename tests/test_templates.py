"""The notes that we ship: read with real customers, by the same eyes that read an owner's."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation.occasions import ALSO, BUILT_IN, declared
from appreciation.shipped import shipped
from appreciation.words.checks import faults, holes
from appreciation.words.greetings import FORMALITIES, greeting, number_of
from appreciation.words.markdown import to_html, to_text, to_tree
from appreciation.words.names import call_name, suspicious
from appreciation.words.rendering import is_blank, value_of
from appreciation.words.samples import SAMPLES, Sample, sample_words
from appreciation.words.wordings import Wording, Wordings

SHIPPED = Wordings([shipped("templates")])
READ = [wording for wording in SHIPPED.all() if isinstance(wording, Wording)]
WORDINGS = [wording for wording in READ if wording.occasion != ALSO]
# What is told below another note.
LINES = [wording for wording in READ if wording.occasion == ALSO]
DECLARED = declared(BUILT_IN)
VARIANTS = {name: occasion.variants for name, occasion in BUILT_IN.items()}
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
OCCASIONS = tuple(BUILT_IN)
MORE_CUSTOMERS = [
    Sample("n/a"),
    Sample("J.R."),
    Sample("ANNA MEIER"),
    Sample("José María Aznar López", formality="formal"),
    Sample("山田 太郎"),
    Sample("Smith", "household"),
    Sample("", "company"),
]
BUSINESSES = [
    ("Rosa", "Rosa's Bakery"),
    ("Dr. Lee", "The Sale Room Dental"),
    ("Ed Jr.", "Acme Inc."),
]
# Nothing of these: somebody else's gender, age, trade, or a reason that is not theirs.
NEVER = {
    "en": r"\b(?:he|she|him|her|his|hers|mr|mrs|ms|age|aged|years? old|turning|cake|bread|oven"
    r"|bakery|appointment|treatment|visit|teeth|customers?|clients?|patients?|valued"
    r"|price|offer|discount|next time)\b",
    "de": r"\b(?:er selbst|herr|frau|alter|jahre alt|kuchen|brot|termin|behandlung|zähne"
    r"|kund\w*|patient\w*|preis|angebot|rabatt|nächstes mal|heute)\b",
    # What would have to be known: is it a woman who writes, or who reads?
    "fr": r"\b(?:ravie?|heureu(?:x|se)|désolée?|touchée?|venue?s?|clients?|patients?|prix|offre"
    r"|aujourd['\u2019]hui|âge|pain|gâteau)\b",
    "es": r"\b(?:encantad[oa]|content[oa]|agradecid[oa]|bienvenid[oa]s?|querid[oa]s?"
    r"|estimad[oa]s?|clientes?|pacientes?|precio|oferta|hoy|edad|pan|tarta)\b",
    "it": r"\b(?:content[oa]|liet[oa]|grat[oa]|felice|benvenut[oaie]|car[oa]|client[ei]"
    r"|pazient[ei]|prezzo|offerta|sconto|oggi|età|pane|torta)\b",
    "pt": r"\b(?:obrigad[oa]|grat[oa]|content[oa]|bem-vind[oa]s?|querid[oa]s?|prezad[oa]s?"
    r"|clientes?|pacientes?|preço|oferta|hoje|idade|pão|bolo)\b",
    "nl": r"\b(?:hij zelf|zij zelf|heer|mevrouw|klant(?:en)?|patiënt(?:en)?|prijs|aanbod"
    r"|vandaag|leeftijd|brood|taart)\b",
}
LATE = {
    "en": r"late|later|belated|overdue|sooner|missed|sorry|meaning to|meant to",
    "de": r"spät|später|verspätet|nachträglich|überfällig|früher",
    "fr": r"tard|tardifs?|retard|tardé|plus tôt",
    "es": r"tarde|retraso|tardado|tardías|antes",
    "it": r"tardi|ritardo|tardato|tardivo",
    "pt": r"tarde|atraso|atrasado|demorou|tardio",
    "nl": r"laat|late|later|alsnog|te lang",
}


def of(occasion: str, language: str) -> list[Wording]:
    return [w for w in WORDINGS if (w.occasion, w.language) == (occasion, language)]


def customers() -> Iterator[Sample]:
    yield from SAMPLES.values()
    yield from MORE_CUSTOMERS


def is_writable(wording: Wording, words: dict[str, Any]) -> bool:
    return not any(is_blank(value_of(words, word)) for word in wording.needs)


def said(wording: Wording) -> tuple[str, str]:
    """Return the subject of a note, and its words between the greeting and the signature."""
    words = sample_words(
        Sample("Ada"), DECLARED[wording.occasion], wording, signer="S", business="B"
    )
    subject, body = SHIPPED.render(wording, words)
    text = to_text(body).removeprefix(words["greeting"]).removesuffix("S\nB")
    return subject, text.strip()


each_wording = pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.name)
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_occasion = pytest.mark.parametrize("occasion", OCCASIONS)


def test_every_wording_we_ship_passes_our_own_check() -> None:
    assert [str(fault) for fault in SHIPPED.check(DECLARED)] == []
    assert len(READ) == len(SHIPPED)


def test_no_note_lacks_a_wording_in_any_language() -> None:
    assert set(SHIPPED.languages()) == set(LANGUAGES)
    assert [str(fault) for fault in SHIPPED.untranslated(VARIANTS)] == []


@each_occasion
@each_language
def test_there_are_three_of_each_and_two_that_need_nothing(occasion: str, language: str) -> None:
    known = sample_words(Sample("Ada Byron"), DECLARED[occasion], WORDINGS[0])
    bare = {
        **sample_words(Sample("Acme Ltd", "company"), {}, WORDINGS[0]),
        occasion: {"day": "x", "month": "x"},
    }
    for variant in VARIANTS[occasion] or [""]:
        for formality in FORMALITIES:
            for number in ("singular", "plural"):
                for late, enough in ((False, 3), (True, 2)):

                    def eligible(words: dict[str, Any]) -> int:
                        found = SHIPPED.eligible(
                            occasion,
                            language,
                            late,  # noqa: B023 called at once
                            variant,  # noqa: B023
                            words,
                            formality=formality,  # noqa: B023
                            number=number,  # noqa: B023
                        )
                        return len(found)

                    assert eligible(known) >= enough - (language == "en" and late)
                    assert eligible(bare) >= 2 - (language == "en" and late)


@each_occasion
@each_language
def test_a_note_reads_well_for_everybody(occasion: str, language: str) -> None:
    for wording in of(occasion, language):
        for customer in customers():
            for signer, business in BUSINESSES:
                words = sample_words(
                    customer, DECLARED[occasion], wording, signer=signer, business=business
                )
                if not customer.suits(wording) or not is_writable(wording, words):
                    continue

                subject, body = SHIPPED.render(wording, words)

                text = to_text(body)
                here = f"{wording.name} for {customer.name}"
                told = [value for value in words[occasion].values() if isinstance(value, str)]
                allowed = [customer.name, business, signer, *told]
                assert faults(subject, body, allowed=allowed, language=language) == [], here
                assert ".." not in text + subject, here
                assert text.startswith(words["greeting"] + "\n\n"), here
                assert text.endswith(f"\n\n{signer}\n{business}"), here
                assert [block["kind"] for block in to_tree(body)] == ["paragraph"] * 3, here


@each_wording
def test_a_note_is_simple_html(wording: Wording) -> None:
    words = sample_words(Sample("Ada"), DECLARED[wording.occasion], wording)

    subject, body = SHIPPED.render(wording, words)

    page = to_html(body, language=wording.language, title=subject)
    assert set(re.findall(r"<(\w+)", page)) <= {
        *("html", "head", "meta", "title", "style", "body", "div", "p", "br")
    }
    assert "http" not in page


@each_wording
def test_a_note_is_short_and_says_nothing_that_it_should_not(wording: Wording) -> None:
    subject, text = said(wording)

    assert 2 <= len(re.findall(r"[.!?](?:\s|$)", text)) <= 5
    assert len(subject) <= 60
    found = re.findall(NEVER[wording.language], f"{subject} {text}", re.IGNORECASE)
    assert found == []


@each_wording
def test_only_a_late_note_admits_it(wording: Wording) -> None:
    subject, text = said(wording)
    late = re.search(rf"\b(?:{LATE[wording.language]})\b", f"{subject} {text}", re.IGNORECASE)

    if wording.belated:
        assert late


def test_no_note_speaks_of_today() -> None:
    """A card arrives when the post does, and a catch-up runs a day later."""
    today = r"\b(?:today|tonight|heute|aujourd['\u2019]hui|hoy|oggi|hoje|vandaag)\b"

    assert [w.name for w in WORDINGS if re.search(today, w.body, re.IGNORECASE)] == []


def test_apostrophes_are_set_as_a_printer_sets_them() -> None:
    straight = re.compile(r"[^\W\d_]'")
    letters = {w.name: re.sub(r"\{[{%].*?[%}]\}", "", f"{w.subject} {w.body}") for w in WORDINGS}

    assert [name for name, letter in letters.items() if straight.search(letter)] == []


@each_language
def test_no_two_notes_of_an_occasion_say_the_same(language: str) -> None:
    """A du and a Sie of one wording may; nobody reads both."""
    times = Counter(
        (sentence.strip(), wording.formality, wording.number)
        for occasion in OCCASIONS
        for wording in of(occasion, language)
        for sentence in re.split(r"(?<=[.!?])\s", " ".join(wording.body.split()))
        if len(sentence) > 45 and "signer" not in sentence
    )

    assert [sentence for sentence, count in times.items() if count > 1] == []


@pytest.mark.parametrize(
    ("language", "wrong", "why"),
    [
        ("fr", r"[^\W\d_][!?;:]", "French has a blank before these, and it does not break"),
        ("fr", r" [!?;:]", "the same"),
        ("es", r"^[^¡]*!", "a Spanish ! has a ¡ before it"),
        ("de", r"\"|“[^„]*$", "German quotes are „these“"),
    ],
)
def test_each_language_has_its_own_signs(language: str, wrong: str, why: str) -> None:
    found = [
        (wording.name, sentence)
        for wording in WORDINGS
        if wording.language == language
        for sentence in re.split(r"(?<=[.!?])\s", said(wording)[1])
        if re.search(wrong, sentence)
    ]

    assert found == [], why


@pytest.mark.parametrize(
    ("formality", "wrong"),
    [
        ("informal", r"\b(?:Sie|Ihnen|Ihre?[mnrs]?)\b(?<!^Sie)"),
        ("formal", r"\b(?:du|dich|dir|deine?[mnrs]?)\b"),
    ],
)
def test_a_german_note_does_not_mix_du_and_sie(formality: str, wrong: str) -> None:
    mixed = [
        wording.name
        for wording in WORDINGS
        if (wording.language, wording.formality) == ("de", formality)
        if re.search(wrong, " ".join(said(wording)))
    ]

    assert mixed == []


@settings(max_examples=60, deadline=None)
@given(
    name=st.one_of(
        st.sampled_from(["ب", "محمد بن سلمان", "יעל כהן", "X", "🎂", "🎂 Ada", "3", "Ada 2"]),
        st.sampled_from(["Bob & Mary Smith", "Ada\u202eByron", "a" * 200, "None", "{{ x }}"]),
        st.text(max_size=200),
    ),
    kind=st.sampled_from(["person", "household", "company"]),
    formality=st.sampled_from(FORMALITIES),
    language=st.sampled_from(LANGUAGES),
    occasion=st.sampled_from(OCCASIONS),
)
def test_with_an_odd_name_a_note_is_right_or_is_stopped(
    name: str, kind: str, formality: str, language: str, occasion: str
) -> None:
    """Only a name that we ask about anyway may stop one; none leaves a hole in one that goes."""
    words = {
        "greeting": greeting(name, kind, None, "Rosa's Bakery", language, formality),
        "call_name": call_name(name, kind),
        "name": name,
        "signer": "Rosa",
        "business": "Rosa's Bakery",
        **DECLARED[occasion],
    }
    variant = next(iter(VARIANTS[occasion]), "")
    eligible = SHIPPED.eligible(
        occasion, language, False, variant, words, formality=formality, number=number_of(kind)
    )
    for wording in eligible:
        subject, body = SHIPPED.render(wording, words)

        opening, _, rest = to_text(body).partition("\n\n")
        found = faults(subject, body, allowed=[name, "Rosa's Bakery"], language=language)
        assert found == [] or any(holes(name)) or suspicious(name)
        assert any(map(str.isalnum, opening)) or found
        assert rest.endswith("Rosa\nRosa's Bakery")


def test_the_readme_for_owners_names_every_word() -> None:
    readme = Path(shipped("templates"), "README.md").read_text(encoding="utf-8")
    common = sample_words(Sample("Ada"), {}, WORDINGS[0])
    groups = [group for declared in DECLARED.values() for group in declared.items()]
    dotted = [f"{about}.{word}" for about, known in groups for word in known]

    for word in (*common, *dotted):
        assert f"`{word}`" in readme, word


@each_language
def test_whatever_can_be_told_along_can_be_in_each_language(language: str) -> None:
    told = {line.variant for line in LINES if line.language == language}

    assert told == {line.variant for line in LINES if line.language == "en"}
    assert told <= {*OCCASIONS}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_what_is_told_along_is_one_clean_line(line: Wording) -> None:
    for formality in FORMALITIES:
        sample = Sample("Ada Byron", formality=formality)
        words = sample_words(sample, DECLARED[ALSO], line)
        for known in (words, {**words, "order": {**words["order"], "items": None}}):
            text = to_text(SHIPPED.render(line, known)[1])

            assert text.startswith(("P", "PS"))
            assert len(text) < 140
            told = [value for group in DECLARED[ALSO].values() for value in group.values()]
            allowed = [each for each in told if isinstance(each, str)]
            assert faults("PS", text, allowed=allowed, language=line.language) == []
            assert not re.search(NEVER[line.language], text, re.IGNORECASE)
