"""Wordings, notes in the editor, and previews, as a person at a terminal meets them."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from appreciation.cli.pages import Shown, page
from appreciation.words.markdown import to_html
from tests.conftest import Shop
from tests.processes import ROOT
from tests.terminal import Terminal

BODY = "Dear Ada,\n\nall the best!\n\nRosa"


@pytest.fixture
def store_url() -> str:
    """Nothing here is about the database: SQLite will do."""
    return Shop.url


@pytest.fixture
def waiting(shop_at: Terminal) -> Terminal:
    """A shop with one note that waits."""
    shop_at("customer add Ada --email ada@example.org --birthday --11-21", "--fact", "four cats")
    shop_at("order add ada 5 --items", "two rye loaves")
    shop_at("run --once")
    return shop_at


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An editor that keeps what it was shown and does what ``sed`` is told."""

    def set_to(script: str) -> Path:
        seen = tmp_path / "seen.md"
        file = tmp_path / "editor.sh"
        file.write_text(f'#!/bin/sh\ncp "$1" {seen}\nsed -i "{script}" "$1"\n')
        file.chmod(0o755)
        monkeypatch.setenv("EDITOR", str(file))
        monkeypatch.delenv("VISUAL", raising=False)
        return seen

    return set_to


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The pages that were opened in the browser."""
    pages: list[Path] = []
    monkeypatch.setattr(
        "webbrowser.open", lambda uri: pages.append(Path(uri.removeprefix("file://")))
    )
    return pages


def test_the_editor_shows_why_what_is_known_and_what_was_bought(
    waiting: Terminal, editor: Any
) -> None:
    seen = editor("s/^Dear Ada,/My dear Ada,/")
    told = waiting("note edit 1")

    shown = seen.read_text()
    for remark in ("Why: birthday on", "You know: four cats", "Bought last: two rye loaves"):
        assert f"\n# {remark}" in shown
    assert "-Dear Ada,\n+My dear Ada," in told
    assert "#" not in waiting.json("note show 1")["body"]


def test_what_was_written_before_is_shown_beside_the_draft(
    waiting: Terminal, editor: Any, opened: list[Path]
) -> None:
    waiting("note approve 1")
    waiting("run --once")
    waiting.clock.sleep(days=365)
    waiting("run --once")
    second = max(note["id"] for note in waiting.json("note list") if note["state"] == "waiting")
    seen = editor("s/^Dear Ada,/My dear Ada,/")
    waiting(f"note edit {second}")

    first = waiting.json("note show 1")
    assert f"Written before, 21 Nov 2026: {first['subject']}" in seen.read_text()
    waiting(f"note preview {second} --open")
    beside = Outline(opened[0].read_text(encoding="utf-8"))
    assert len(beside.all("pre")) == 2


def test_words_that_break_a_rule_are_told_and_kept_aside(waiting: Terminal, editor: Any) -> None:
    editor("s/^Dear Ada,/Dear Ada, book now./")
    before = waiting.json("note show 1")["body"]
    _, err, status = waiting.all("note edit 1")

    assert status == 3
    assert '"book now" asks to buy or to book' in err
    kept = Path(re.search(r"kept in (\S+)", err)[1])  # type: ignore[index]
    assert "book now" in kept.read_text()
    assert waiting.json("note show 1")["body"] == before


def test_an_agenda_is_let_through_with_a_reason_which_is_kept_and_listed(
    waiting: Terminal,
) -> None:
    words = ("--body", f"{BODY}\n\nThe jar that you asked about costs 5 €.")
    assert waiting.all("note edit 1", *words)[2] == 3
    waiting("note edit 1", *words, "--overrule", "she asked for the price")

    (listed,) = waiting.json("note list --overruled")
    assert (listed["id"], listed["overruled"]) == (1, "she asked for the price")
    assert "overruled: she asked for the price" in waiting("note preview 1")
    waiting("note edit 1", "--body", BODY)
    assert waiting.json("note list --overruled") == []


def test_a_hole_is_not_let_through_for_any_reason(waiting: Terminal) -> None:
    body = "Dear {{ name }},\n\nbook now.\n\nRosa"
    _, err, status = waiting.all("note edit 1", "--body", body, "--overrule", "because")

    assert status == 3
    assert "hole that nobody filled" in err
    assert "book now" not in err


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(
    waiting: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor.sh"
    other = f"PYTHONPATH={ROOT} {sys.executable} -m appreciation note edit 1 --body 'Dear Ada, all the best! Ben'"
    editor.write_text(f"#!/bin/sh\nsed -i s/Dear/Dearest/ $1\n{other}\n")
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    _, err, status = waiting.all("note edit 1")

    assert status == 3
    assert "note 1 has changed while you wrote" in err
    assert waiting.json("note show 1")["body"] == "Dear Ada, all the best! Ben"
    kept = Path(re.search(r"kept in (\S+)", err)[1])  # type: ignore[index]
    assert "Dearest Ada" in kept.read_text()


@pytest.mark.parametrize(
    ("body", "helps"), [("book now.", True), ("", False), ("Dear {{ name }}, book now.", False)]
)
def test_a_reason_is_asked_for_only_where_it_would_help(
    waiting: Terminal, body: str, helps: bool
) -> None:
    _, err, _ = waiting.all("note edit 1", "--body", body)

    assert ("--overrule" in err) == helps


def test_a_customers_names_are_shown_and_can_be_set(shop_at: Terminal) -> None:
    shown = shop_at.json("customer add", "Dr. Byron, Ada", "--email", "ada@example.org")
    assert (shown["envelope_name"], shown["formality"]) == ("Dr. Ada Byron", "informal")
    names = ("--call-name", "Ada", "--envelope-name", "Dr. Ada Byron", "--formality", "formal")
    shop_at("customer edit 1", *names)

    shown = shop_at.json("customer show 1")
    assert [shown[key] for key in ("call_name", "envelope_name", "formality", "greeting")] == [
        *("Ada", "Dr. Ada Byron", "formal", "Dear Ada,")
    ]
    wrong, mend = shop_at.refused("customer edit 1 --formality polite", status=2)
    assert (wrong, mend) == ("'polite' is no formality", "write one of: informal, formal")


def test_facts_are_kept_shown_and_forgotten(shop_at: Terminal) -> None:
    shop_at("customer add Ada", "--fact", "four daughters", "--fact", "rye on Fridays")
    shop_at("customer edit ada", "--forget-fact", "rye", "--fact", "plays the oboe")

    assert shop_at.json("customer show ada")["facts"] == ["four daughters", "plays the oboe"]
    wrong, _ = shop_at.refused("customer edit ada --forget-fact o", status=1)
    assert wrong == "Ada has 2 facts with 'o'"


def test_a_suspicious_name_is_told_with_how_the_note_would_open(shop_at: Terminal) -> None:
    _, err, _ = shop_at.all("customer add", "ANNA & BOB")

    assert "look once more: ANNA & BOB names two people" in err
    assert 'a note would open "Dear ANNA & BOB,"' in err
    assert "customer edit 1 --kind household" in err
    shown = shop_at.json("customer show 1")
    assert (shown["name"], shown["doubts"][-1]) == ("ANNA & BOB", "names two people")
    assert len(shop_at.json("customer review")) == 1


def test_a_name_that_the_owner_has_settled_is_not_asked_about_again(shop_at: Terminal) -> None:
    assert (
        "look once more" not in shop_at.all("customer add", "Familie X", "--kind", "household")[1]
    )
    shop_at("customer add", "ANNA", "--call-name", "Anna")

    assert shop_at.json("customer review") == []


def test_a_misspelt_wording_is_told_the_one_that_was_meant(shop_at: Terminal) -> None:
    _, mend = shop_at.refused("template preview candels", status=2)

    assert mend.startswith("did you mean birthday/en/candles")


def test_a_language_without_wordings_says_which_there_are_and_how_to_add_one(
    shop_at: Terminal,
) -> None:
    _, err, status = shop_at.all("customer add Ada --language sv")

    assert status == 0
    assert "de, en, es, fr, it, nl, pt" in err
    assert "appreciation template new birthday sv NAME" in err


def test_a_copy_of_ours_is_used_instead_of_it(shop_at: Terminal, tmp_path: Path) -> None:
    shop_at("template new birthday en candles")
    mine = tmp_path / "templates" / "birthday" / "en" / "candles.md"
    mine.write_text(mine.read_text().replace("Happy birthday!", "Happy, happy birthday!"))

    assert "Happy, happy birthday!" in shop_at("template preview candles")
    assert "Happy, happy" not in shop_at("template preview slow-morning")


def test_a_new_wording_begins_with_the_words_it_may_use_and_is_not_sent_like_that(
    shop_at: Terminal, tmp_path: Path
) -> None:
    shop_at("template new order en mine")
    text = (tmp_path / "templates/order/en/mine.md").read_text()
    told, _, status = shop_at.all("template check")

    assert "order.items" in text
    assert "first, again" in text
    assert status == 3
    assert "is a hole that nobody filled" in told


@pytest.mark.parametrize(
    ("words", "wrong", "mend"),
    [
        (
            "wedding en x",
            "there is no occasion 'wedding'",
            "anniversary, birthday, date, meeting, milestone, order, own_day, quiet, referral",
        ),
        ("birthday klingon x", "'klingon' is no language", "write it like en"),
        ("birthday en ../x", "'../x' is no name for a file", "use letters"),
    ],
)
def test_a_wording_that_cannot_be_is_refused(
    shop_at: Terminal, words: str, wrong: str, mend: str
) -> None:
    told, mended = shop_at.refused(f"template new {words}", status=2)

    assert told == wrong
    assert mend in mended


def test_a_wording_is_edited_as_a_copy_and_read_back(
    shop_at: Terminal, editor: Any, tmp_path: Path
) -> None:
    editor("s/Happy birthday!/Happy birthday, {{ nick }}!/")
    told, _, status = shop_at.all("template edit candles")

    file = tmp_path / "templates/birthday/en/candles.md"
    assert status == 3
    assert f"{file}:6: birthday notes have no word 'nick'" in told


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("plain", "Dear Ada,"),
        ("household", "Dear Johnsons,"),
        ("company", "Dear all at Acme Ltd,"),
        ("accents", "Dear Zoë,"),
        ("no-year", "Dear Bo,"),
        ("formal", "Dear Dr. Byron,"),
        ("longest", "Wolfeschlegelsteinhausenbergerdorff"),
    ],
)
def test_a_wording_is_previewed_for_each_kind_of_customer(
    shop_at: Terminal, sample: str, words: str
) -> None:
    assert words in shop_at(f"template preview candles --with-sample {sample}")


def test_all_samples_are_shown_but_those_for_whom_it_is_not(shop_at: Terminal) -> None:
    out, err, status = shop_at.all("template preview kerzen-du --with-sample all")

    assert status == 0
    assert "Hallo Ada," in out
    assert "not for household: birthday/de/kerzen-du is not for customers like" in err


def test_a_note_that_was_never_written_is_edited_from_an_empty_page(
    shop_at: Terminal, editor: Any, tmp_path: Path
) -> None:
    wordings = tmp_path / "templates" / "birthday" / "sv"
    wordings.mkdir(parents=True)
    (wordings / "late.md").write_text("+++\nsubject = 'x'\nwhen = 'belated'\n+++\n{{ name }}\n")
    shop_at("customer add Ada --email a@example.org --birthday --11-21 --language sv")
    shop_at("run --once")
    seen = editor("s/^Subject:.*/Subject: Hej/; s/^# ----.*/Hej Ada!/")
    shop_at("note edit 1")

    assert "None" not in seen.read_text().split("#")[0]
    assert shop_at.json("note show 1")["text"] == "Hej Ada!"


def test_an_unknown_sample_or_wording_says_what_there_is(shop_at: Terminal) -> None:
    _, mend = shop_at.refused("template preview candles --with-sample huge", status=2)
    assert "plain, longest, no-year, household, company, accents, formal" in mend
    wrong, mend = shop_at.refused("template preview candels", status=2)
    assert (wrong, "birthday/en/candles" in mend) == ("there is no wording 'candels'", True)


class Outline(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_everything_that_waits_is_opened_as_one_contact_sheet(
    waiting: Terminal, opened: list[Path]
) -> None:
    for name in ("Ben", "Cora", "Dan"):
        waiting(f"customer add {name} --email {name}@example.org --birthday --11-21")
    waiting("run --once")
    waiting("note preview --all --open")

    (file,) = opened
    outline = Outline(file.read_text(encoding="utf-8"))
    waits = [note for note in waiting.json("note list") if note["state"] == "waiting"]
    assert len(outline.all("iframe")) == len(outline.all("article")) == len(waits) >= 4
    assert "sheet" in (outline.all("main")[0]["class"] or "")


def test_one_note_is_opened_as_text_and_on_each_kind_of_screen(
    waiting: Terminal, opened: list[Path]
) -> None:
    waiting("note preview 1 --open")

    outline = Outline(opened[0].read_text(encoding="utf-8"))
    assert [frame["class"] for frame in outline.all("iframe")] == ["day", "night", "day"]
    assert len(outline.all("pre")) == 1


def test_the_page_fetches_nothing_and_is_told_to_those_who_do_not_see_it() -> None:
    note = Shown("1 · <Ada>", "birthday", 'A "wish" & more', "Hi *Ada*", "de", "on hold")
    outline = Outline(text := page([note] * 5, title="All"))

    assert not {"script", "link", "img"} & {tag for tag, _ in outline.tags}
    assert not re.search(r"https?:|url\(|@import", text)
    assert outline.all("html")[0]["lang"] == "en"
    assert all(heading["lang"] == "de" for heading in outline.all("h2"))
    assert all(frame["title"] and frame["sandbox"] is None for frame in outline.all("iframe"))
    assert all('lang="de"' in (frame["srcdoc"] or "") for frame in outline.all("iframe"))
    assert "<Ada>" not in text


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours like ``#2b2622``, as the WCAG count it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722)))  # noqa: B905

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_note_is_readable_by_day_and_by_night() -> None:
    letter = to_html("Hi", language="en", title="x")
    day = re.search(r"background:(#\w{6});.*?color:(#\w{6});", letter, re.DOTALL)
    night = re.search(r"body\{background:(#\w{6})!.*?color:(#\w{6})!", letter)

    assert day
    assert night
    assert contrast(*day.groups()) >= 7
    assert contrast(*night.groups()) >= 7
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_list_of_wordings_says_to_whom_each_is(shop_at: Terminal) -> None:
    by_name = {each["name"]: each for each in shop_at.json("template list")}

    sie, ustedes = by_name["order/de/wieder-da-sie"], by_name["birthday/es/velas-ustedes"]
    assert (sie["formality"], sie["number"], sie["variant"]) == ("formal", "", "again")
    assert (ustedes["formality"], ustedes["number"]) == ("", "plural")
    assert re.search(r"wieder-da-sie +on-time again +formal ", shop_at("template list"))
