"""The notes that we ship: read with real customers, by the same eyes that read an owner's."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from appreciation.shipped import shipped
from appreciation.words.checks import faults
from appreciation.words.markdown import to_html, to_text, to_tree
from appreciation.words.names import call_name, greeting
from appreciation.words.wordings import Wording, Wordings

SHIPPED = Wordings([shipped("templates")])
WORDINGS = [wording for wording in SHIPPED.all() if isinstance(wording, Wording)]
DECLARED: dict[str, dict[str, Any]] = {
    "birthday": {"birthday": {"day": "12 April"}},
    "order": {"order": {"items": "a blue scarf and two cups", "day": "3 November", "first": True}},
    "referral": {"referral": {"name": "Grace Hopper Jr."}},
    "meeting": {"meeting": {"where": "the spring fair", "day": "3 November"}},
    "quiet": {"last_order": {"day": "3 November"}},
}
CUSTOMERS = [
    ("Ada Byron", "person"),
    ("n/a", "person"),
    ("J.R.", "person"),
    ("ANNA MEIER", "person"),
    ("José María Aznar López", "person"),
    ("山田 太郎", "person"),
    ("The Johnsons", "household"),
    ("Acme Ltd", "company"),
    ("", "company"),
    ("Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Hohenlohe" * 2, "person"),
]
BUSINESSES = [
    ("Rosa", "Rosa's Bakery"),
    ("Dr. Lee", "The Sale Room Dental"),
    ("Ed Jr.", "Acme Inc."),
]
# Nothing of these: somebody else's gender, age, trade, or a reason that is not theirs.
NEVER = re.compile(
    r"\b(?:he|she|him|her|his|hers|mr|mrs|ms|age|aged|years? old|turning|cake|bread|oven|bakery"
    r"|appointment|treatment|visit|teeth|customers?|clients?|patients?|valued"
    r"|price|offer|discount|next time)\b",
    re.IGNORECASE,
)


def words_for(name: str, kind: str, signer: str, business: str, occasion: str) -> dict[str, Any]:
    return {
        "greeting": greeting(name, kind, None, business),
        "call_name": call_name(name, kind),
        "name": name,
        "signer": signer,
        "business": business,
        "belated": False,
        "tier": "regular",
        **DECLARED[occasion],
    }


def test_every_wording_we_ship_passes_our_own_check() -> None:
    assert [str(fault) for fault in SHIPPED.check(DECLARED)] == []
    assert len(WORDINGS) == len(SHIPPED.all())


@pytest.mark.parametrize(
    ("occasion", "variant", "on_time", "belated"),
    [
        ("birthday", "", 4, 2),
        ("order", "first", 3, 2),
        ("order", "again", 3, 2),
        ("referral", "", 3, 1),
        ("meeting", "first", 3, 1),
        ("meeting", "later", 3, 1),
    ],
)
def test_there_are_enough_of_each_and_two_that_need_nothing(
    occasion: str, variant: str, on_time: int, belated: int
) -> None:
    known = words_for("Ada Byron", "person", "Rosa", "Rosa's Bakery", occasion)
    bare = words_for("Acme Ltd", "company", "Rosa", "Rosa's Bakery", occasion)
    bare[occasion] = {}
    for late, enough in ((False, on_time), (True, belated)):
        assert len(SHIPPED.eligible(occasion, "en", late, variant, known)) >= enough
        assert len(SHIPPED.eligible(occasion, "en", late, variant, bare)) >= 2


@pytest.mark.parametrize(("signer", "business"), BUSINESSES)
@pytest.mark.parametrize(
    ("name", "kind", "wording"),
    [
        pytest.param(name, kind, wording, id=f"{wording.name}-{name[:20]}")
        for name, kind in CUSTOMERS
        for wording in WORDINGS
        if call_name(name, kind) or "call_name" not in wording.needs
    ],
)
def test_a_note_reads_well_for_everybody(
    name: str, kind: str, signer: str, business: str, wording: Wording
) -> None:
    words = words_for(name, kind, signer, business, wording.occasion)

    subject, body = SHIPPED.render(wording, words)

    text = to_text(body)
    assert faults(subject, body, allowed=[name, business, signer]) == []
    assert ".." not in text + subject
    assert text.startswith(words["greeting"] + "\n\n")
    assert text.endswith(f"\n\n{signer}\n{business}")
    assert [block["kind"] for block in to_tree(body)] == ["paragraph"] * 3
    assert set(re.findall(r"<(\w+)", to_html(body, language="en", title=subject))) == {
        *("html", "head", "meta", "title", "body", "div", "p", "br")
    }


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.name)
def test_a_note_is_short_and_says_nothing_that_it_should_not(wording: Wording) -> None:
    words = words_for("Ada", "person", "S", "B", wording.occasion)

    subject, body = SHIPPED.render(wording, words)

    said = to_text(body).removeprefix(words["greeting"]).removesuffix("S\nB").strip()
    assert 2 <= len(re.findall(r"[.!?](?:\s|$)", said)) <= 5
    assert len(subject) <= 60
    assert NEVER.findall(f"{subject} {said}") == []


@pytest.mark.parametrize(
    "wording", [w for w in WORDINGS if w.belated], ids=lambda wording: wording.name
)
def test_a_late_note_admits_it(wording: Wording) -> None:
    late = r"\b(?:late|later|belated|overdue|sooner|missed|sorry|meaning to|meant to)\b"

    assert re.search(late, f"{wording.subject} {wording.body}", re.IGNORECASE)


def test_no_note_speaks_of_today() -> None:
    """A card arrives when the post does, and a catch-up runs a day later."""
    assert [w.name for w in WORDINGS if re.search(r"\b(?:today|tonight)\b", w.body)] == []


def test_no_two_notes_of_an_occasion_say_the_same() -> None:
    said = Counter(
        sentence.strip()
        for wording in WORDINGS
        for sentence in re.split(r"(?<=[.!?])\s", " ".join(wording.body.split()))
        if len(sentence) > 25 and "signer" not in sentence
    )

    assert [sentence for sentence, times in said.items() if times > 1] == []


def test_the_readme_for_owners_names_every_word() -> None:
    readme = Path(shipped("templates"), "README.md").read_text(encoding="utf-8")
    common = words_for("Ada", "person", "S", "B", "order")
    dotted = [f"{k}.{word}" for kind in DECLARED.values() for k, v in kind.items() for word in v]

    for word in (*common, *dotted):
        assert f"`{word}`" in readme or word in DECLARED
