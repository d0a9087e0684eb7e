"""``batch`` and ``stock`` as a person types them, with real PDFs, a real kill and a real `lp`."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import select

from appreciation.app import assemble
from appreciation.config.reading import load
from appreciation.stages import review
from appreciation.store import claims
from appreciation.store.batches import open_batch
from appreciation.store.tables import Note, NoteState
from tests.conftest import ON_SQLITE, Shop
from tests.terminal import Terminal

TOWN = ("--address", "Am Tor 3\\n10115 Berlin")
BY_POST = "[occasions.birthday]\nby = 'post'\napprove = 'auto'\n"


@pytest.fixture
def cards(shop_at: Terminal, tmp_path: Path) -> Terminal:
    """A terminal in a shop that sends cards without asking, with three of them approved."""
    settings = tmp_path / "config.toml"
    text = settings.read_text().replace('by = "email" ', 'by = "post" ')
    settings.write_text(text.replace('approve = "ask" ', 'approve = "auto" '))
    for name in ("Ada", "Ben", "Cleo"):
        shop_at(f"customer add {name} --birthday --11-27", *TOWN)
    # Written now, due on the 24th.
    shop_at("run --once")
    return shop_at


def made(cards: Terminal, *more: str) -> Path:
    (batch,) = cards.json("batch make --due-by 2026-11-25", *more)
    return Path(batch["folder"])


def words(file: Path) -> str:
    with pypdfium2.PdfDocument(file) as document:
        return " ".join(page.get_textpage().get_text_range() for page in document)


@ON_SQLITE
def test_a_batch_goes_on_the_stock_that_is_asked_for(cards: Terminal) -> None:
    folder = made(cards, "--stock", "a6-fold", "--stock", "l7160", "--start-at", "20")

    assert sorted(file.name for file in folder.iterdir()) == [
        "cards.pdf",
        "labels.pdf",
        "manifest.json",
        "pick-list.pdf",
    ]
    with pypdfium2.PdfDocument(folder / "labels.pdf") as sheets:
        assert len(sheets) == 2, "places 20 and 21, and the first of the next sheet"
    assert "Happy birthday" in words(folder / "cards.pdf")


@ON_SQLITE
@pytest.mark.parametrize(
    ("asked", "wrong", "mend"),
    [
        ("--stock l7161x", "no card, envelope or sheet of labels is called 'l7161x'", "l7161"),
        ("--stock l7160 --start-at 22", "a sheet of l7160 has no place 22", "start at 1 to 21"),
        (
            "--stock mine --stock l7160 --stock a6",
            "mine and l7160 are both for the addresses",
            "name one card",
        ),
        ("--start-at 2", "a sheet of a6 has no place 2", "leave --start-at out"),
    ],
)
def test_what_there_is_not_is_refused_before_anything_is_taken_in_hand(
    cards: Terminal, tmp_path: Path, asked: str, wrong: str, mend: str
) -> None:
    (tmp_path / "stocks.toml").write_text("[envelope.mine]\nwidth = 200\nheight = 120\n")
    said, mended = cards.refused(f"batch make --due-by 2026-11-25 {asked}", status=1)

    assert wrong in said
    assert mend in mended
    assert {note["state"] for note in cards.json("note list")} == {"approved"}
    assert not (tmp_path / "print").exists()


@ON_SQLITE
def test_cards_that_are_larger_than_their_envelopes_are_told(
    cards: Terminal, tmp_path: Path
) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(settings.read_text().replace('card = "a6" ', 'card = "5x7" '))
    _, said, _ = cards.all("batch make --due-by 2026-11-25")

    assert "a card 5x7 is larger than an envelope dl; these hold it: c5, a7" in said
    assert "5x7 is larger" in cards.all("doctor")[0]
    for stocks in ("--stock 5x7 --stock a7", "--stock a6", "--stock 5160", "--stock postcard-a6"):
        assert "larger" not in cards.all(f"batch make {stocks}")[1]


@ON_SQLITE
def test_a_note_that_does_not_fit_names_its_customer_and_the_others_are_printed(
    cards: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\nsed -i "s/^Dear Ben,/Dear Ben,$(printf " on and on%.0s" $(seq 300))/" "$1"\n'
    )
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    cards("note edit 2")
    cards("note approve 2")
    out, err, status = cards.all("batch make --due-by 2026-11-25")

    assert status == 3
    assert "batch 1: 2 cards in" in out
    assert "note 2 to Ben was not printed: its text is " in err
    assert "lines too long" in err
    assert "shorten it, or print on a larger card" in err


@ON_SQLITE
def test_cards_are_shown_printed_once_more_and_posted_but_for_one(cards: Terminal) -> None:
    folder = made(cards)
    shown = cards.json("batch show 1")

    assert [(each["number"], each["customer"]) for each in shown] == [
        (1, "Ada"),
        (2, "Ben"),
        (3, "Cleo"),
    ]
    again = cards.json("batch reprint 1 --from 2 --to 3")
    assert Path(again["folder"]) == folder / "reprint-2-3"
    said = words(folder / "reprint-2-3" / "cards.pdf")
    assert "Ben" in said
    assert "Ada" not in said
    assert {each["state"] for each in cards.json("batch show 1")} == {"printed"}
    cards("batch posted 1 --except 2")
    assert [each["state"] for each in cards.json("batch show 1")] == ["posted", "printed", "posted"]
    cards.refused("batch reprint 1 --from 4", status=1)
    cards.refused("batch show 9", status=1)


@ON_SQLITE
def test_a_batch_that_another_process_is_printing_is_left_to_it(
    cards: Terminal, tmp_path: Path
) -> None:
    app = assemble(load(tmp_path / "config.toml"), cards.clock)
    until = cards.clock() + timedelta(days=4)
    with app.at_work("batch") as worker:
        with app.store.synced() as session:
            asked = {"until": until, "now": cards.clock(), "today": app.today(), "limit": 2}
            taken = list(claims.claim(session, worker, "print", "theirs", **asked))
            theirs = open_batch(session, None, "print", cards.clock())
            for number, note in enumerate(taken, start=1):
                note.batch_id, note.sequence = theirs.id, number

        (mine,) = cards.json("batch make --due-by 2026-11-25")
        assert (mine["id"], mine["cards"]) == (2, 1)
        wrong, _ = cards.refused("batch make --due-by 2026-11-25", status=5)
        assert "another process is printing 2 cards" in wrong
        assert "not printed" in cards("batch list")
        for words in ("batch posted 1", "batch reprint 1 --from 1"):
            wrong, mend = cards.refused(words, status=1)
            assert "printed" in wrong
            assert "status" in mend


@ON_SQLITE
def test_a_copied_store_says_why_it_prints_nothing(cards: Terminal, tmp_path: Path) -> None:
    (tmp_path / "appreciation.db.heartbeat").unlink()

    wrong, mend = cards.refused("batch make --due-by 2026-11-25", status=3)
    assert "it may be a copy" in wrong
    assert mend == "appreciation resume"


@ON_SQLITE
def test_cards_that_nobody_has_approved_are_told_where_none_is_printed(
    cards: Terminal, tmp_path: Path
) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(settings.read_text().replace('approve = "auto" ', 'approve = "ask" '))
    cards("customer add Dora --birthday --11-28", *TOWN)
    cards("run --once")
    made(cards)

    _, said, _ = cards.all("batch make")
    assert "waiting for your yes: 1 card; appreciation note preview" in said


@ON_SQLITE
def test_what_is_not_posted_yet_is_told_by_number(cards: Terminal) -> None:
    made(cards)
    said = cards.json("batch posted 1 --except 2")
    _, told, _ = cards.all("batch posted 1 --except 2")

    assert said == {"id": 1, "posted": 2, "left": [2]}
    assert "not yet: 2; once in the post: appreciation batch posted 1" in told
    assert "but for 1" in cards("batch list")
    assert cards.json("batch posted 1") == {"id": 1, "posted": 1, "left": []}
    assert "but for" not in cards("batch list")


@ON_SQLITE
def test_a_card_that_a_batch_does_not_have_is_refused_with_those_it_has(cards: Terminal) -> None:
    made(cards)

    for asked in ("--from 4", "--from 2 --to 9", "--from 3 --to 2"):
        wrong, mend = cards.refused(f"batch reprint 1 {asked}", status=1)
        assert "Batch B1 has no " in wrong
        assert mend == "its numbers are 1 to 3"


@ON_SQLITE
def test_who_writes_by_hand_gets_the_facts_and_what_was_written_last_year(
    shop_at: Terminal, tmp_path: Path
) -> None:
    settings = tmp_path / "config.toml"
    text = settings.read_text().replace('by = "email" ', 'by = "post" ')
    settings.write_text(text.replace('approve = "ask" ', 'approve = "auto" '))
    shop_at("customer add Ada --birthday --11-27", *TOWN, "--fact", "four daughters")
    shop_at("run --once")
    made(shop_at)
    before = shop_at.json("note show 1")["text"].splitlines()[2][:40]
    shop_at.clock.now = datetime(2027, 11, 21, 11, 0, tzinfo=UTC)
    shop_at("run --once")
    (batch,) = shop_at.json("batch make --due-by 2027-11-25 --write-yourself")
    said = words(Path(batch["folder"]) / "to-write.pdf").replace("\r\n", " ")

    assert not (Path(batch["folder"]) / "cards.pdf").exists()
    assert (Path(batch["folder"]) / "envelopes.pdf").exists()
    assert "four daughters" in said
    assert before[:25] in said
    assert shop_at.json("batch show 2")[0]["state"] == "printed"


LP = """#!/bin/sh
echo "$@" >> "$LP_LOG"
case "$2" in broken) echo "lp: The printer or class does not exist." >&2; exit 1;; esac
"""


@ON_SQLITE
@pytest.mark.skipif(os.name == "nt", reason="there is no lp")
def test_sheets_are_sent_to_a_printer_at_their_true_size(
    cards: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards.refused("batch make --due-by 2026-11-25 --printer HP", status=1)
    assert not (tmp_path / "print").exists()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "lp").write_text(LP)
    (tmp_path / "bin" / "lp").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("LP_LOG", str(tmp_path / "log"))

    made(cards, "--printer", "HP")
    jobs = (tmp_path / "log").read_text().splitlines()
    assert [job.split()[:2] for job in jobs] == [["-d", "HP"]] * 3
    assert all("print-scaling=none" in job for job in jobs)
    assert "media=Custom.105.0x148.0mm" in jobs[0]
    assert all("sides=one-sided" in job for job in jobs), "two people's cards on one sheet"
    _, wrong, status = cards.all("batch reprint 1 --from 1 --printer broken")
    assert status == 1
    assert "broken did not take cards.pdf: lp: The printer or class does not exist." in wrong


@ON_SQLITE
@pytest.mark.skipif(os.name == "nt", reason="there is no lp")
def test_only_two_sided_cards_are_sent_to_both_sides_of_the_paper(
    cards: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "lp").write_text(LP)
    (tmp_path / "bin" / "lp").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("LP_LOG", str(tmp_path / "log"))

    made(cards, "--stock", "a6-fold", "--printer", "HP")
    jobs = [job.split() for job in (tmp_path / "log").read_text().splitlines()]
    sides = {Path(job[-1]).name: "".join(w for w in job if w.startswith("sides=")) for job in jobs}
    assert sides == {
        "cards.pdf": "sides=two-sided-long-edge",
        "envelopes.pdf": "sides=one-sided",
        "pick-list.pdf": "sides=one-sided",
    }

    monkeypatch.setenv("APPRECIATION_DELIVERY__PRINT__DUPLEX", "off")
    (tmp_path / "log").unlink()
    cards("customer add Dora --birthday --11-28", *TOWN)
    cards("run --once")
    _, said, _ = cards.all("batch make --due-by 2026-11-27 --stock a6-fold --printer HP")
    sent = (tmp_path / "log").read_text()
    assert "outsides.pdf" not in sent, "they belong on the other side of the cards"
    assert "sides=one-sided -- " in sent
    turn, command = said.splitlines()[-2:]
    assert "turn the stack" in turn
    assert command.endswith("outsides.pdf")


@ON_SQLITE
def test_stocks_are_listed_shown_and_calibrated(shop_at: Terminal, tmp_path: Path) -> None:
    (tmp_path / "stocks.toml").write_text("[card.mine]\nwidth = 120\nheight = 120\n")
    listed = shop_at.json("stock list")
    assert listed[0]["name"] == "mine"
    assert {each["kind"] for each in shop_at.json("stock list --kind labels")} == {"labels"}
    shop_at.refused("stock list --kind paper", status=2)
    assert "[labels.l7160]" in shop_at("stock show L7160")
    assert shop_at.json("stock show envelope:a6")["width"] == pytest.approx(165.1)
    shop_at("stock calibrate l7160 --pdf", str(tmp_path / "rulers.pdf"))
    assert "Rulers, front" in words(tmp_path / "rulers.pdf")
    drawn = shop_at.json("stock calibrate --pdf", str(tmp_path / "rulers.pdf"))
    assert (Path(drawn["file"]).name, drawn["left"]) == ("rulers.pdf", None)
    settings = (tmp_path / "config.toml").read_text()
    for file in ("config.toml", ".", "nowhere/rulers.pdf"):
        _, mend = shop_at.refused("stock calibrate --pdf", str(tmp_path / file), status=1)
        assert mend == "name another file"
    assert (tmp_path / "config.toml").read_text() == settings
    kept = shop_at.json("stock calibrate --printer HP --side back --measured 21.5 19 100 99.5")
    assert (kept["left"], kept["side"]) == (21.5, "back")
    assert '["HP".back]' in (tmp_path / "calibration.toml").read_text()
    wrong, mend = shop_at.refused("stock calibrate --measured 60 20 100 100", status=1)
    assert "60 mm is too far from 20 mm" in wrong
    assert "100 %" in mend
    (tmp_path / "stocks.toml").write_text("[card.mine]\nwidth = 120\n")
    wrong, _ = shop_at.refused("stock list", status=4)
    assert "stocks.toml: card.mine: height" in wrong


@ON_SQLITE
def test_a_customer_s_own_hand_is_kept_and_a_wrong_one_refused(shop_at: Terminal) -> None:
    shop_at("customer add Ada --hand Kalam")
    assert shop_at.json("customer show Ada")["hand"] == "Kalam"
    shop_at("customer edit Ada --hand", "")
    assert shop_at.json("customer show Ada")["hand"] is None
    wrong, mend = shop_at.refused("customer edit Ada --hand Kalm", status=1)
    assert "no handwriting is called 'Kalm'" in wrong
    assert "did you mean 'Kalam'?" in mend


def test_a_batch_of_which_nothing_could_be_printed_uses_up_no_number(shop: Shop) -> None:
    shop.opened(BY_POST)
    shop.customer(born="24 Nov", address="Am Tor 3\n10115 Berlin")
    (shop.folder / "print").write_text("in the way")
    assert shop.run() == {"found": 1, "drafted": 1, "approved": 1}
    shop.clock.sleep(hours=2)
    shop.run()
    (shop.folder / "print").unlink()
    shop.clock.sleep(hours=2)

    assert shop.run() == {"printed": 1}
    assert [note.batch_id for note in shop.notes()] == [1]
    assert (shop.folder / "print" / "B1" / "cards.pdf").exists()


# Ends itself as an event of Python's own begins whose words hold all that is asked for.
DIES = """
import os, signal, sys
from appreciation.cli import main
config, event, *words = sys.argv[1:]
def kill(began, about):
    if began == event and all(word in str(about) for word in words):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(kill)
main(["--config", config, "run", "--once"])
"""
EDGES = {
    "before it is set": ("subprocess.Popen", "compiling.py"),
    "before the first file": ("open", ".unfinished", "cards.pdf"),
    "before the last file": ("open", ".unfinished", "pick-list.pdf"),
    "before all files appear": ("os.rename", ".unfinished"),
}


@ON_SQLITE
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("edge", EDGES)
def test_a_killed_program_leaves_a_whole_batch_or_none(edge: str, shop: Shop) -> None:
    shop.clock.now = datetime.now(UTC)  # noqa: TID251 - the killed program has the real clock
    shop.opened(BY_POST.replace("birthday", "meeting"))
    for name in ("Ada", "Ben", "Cleo"):
        shop.meeting(shop.customer(name, address="Am Tor 3\n10115 Berlin"), ago=2)
    shop.app.find()
    shop.app.draft()
    home = Path(__file__).parent.parent
    config = str(shop.folder / "config.toml")
    died = subprocess.run(
        [sys.executable, "-c", DIES, config, *EDGES[edge]],
        env={**os.environ, "PYTHONPATH": str(home)}, capture_output=True, check=False,
    )  # fmt: skip

    assert died.returncode == -signal.SIGKILL, died.stderr
    assert list((shop.folder / "print").glob("[!.]*")) == []
    shop.run()
    if edge == "before all files appear":
        # The point of no return is behind them: only a person can see that no card is there.
        assert {note.state for note in shop.notes()} == {NoteState.IN_DOUBT}
        return
    assert {note.state for note in shop.notes()} == {NoteState.PRINTED}
    (folder,) = (shop.folder / "print").glob("[!.]*")
    whole = ["cards.pdf", "envelopes.pdf", "manifest.json", "pick-list.pdf"]
    assert sorted(file.name for file in folder.iterdir()) == whole
    assert words(folder / "envelopes.pdf").count("Ada") == 1


def with_daemon(shop: Shop) -> dict[str, int]:
    """Deliver what is due, as the daemon does each minute."""
    with shop.app.at_work("daemon") as worker:
        return dict(+shop.app.send(worker))


def approve(shop: Shop, name: str) -> None:
    with shop.app.store.writing() as session:
        review.approve(session.scalars(select(Note).where(Note.customer.has(name=name))).one(),
                       shop.clock())  # fmt: skip


@ON_SQLITE
def test_cards_that_a_person_approves_one_after_another_are_one_batch(shop: Shop) -> None:
    shop.opened(BY_POST.replace("auto", "ask"))
    for name in ("Ada", "Ben"):
        shop.customer(name, born="24 Nov", address="Am Tor 3\n10115 Berlin")
    shop.app.find()
    shop.app.draft()
    for name in ("Ada", "Ben"):
        shop.clock.sleep(minutes=6)
        approve(shop, name)
        assert with_daemon(shop) == {}
    shop.clock.sleep(minutes=11)

    assert with_daemon(shop) == {"printed": 2}
    assert {note.batch_id for note in shop.notes()} == {1}


@ON_SQLITE
@pytest.mark.parametrize("who", ["one that would be late", "a person's own run"])
def test_a_card_does_not_wait_for_its_reader_where_it_may_not(who: str, shop: Shop) -> None:
    shop.opened(BY_POST.replace("auto", "ask"))
    shop.customer(born="24 Nov", address="Am Tor 3\n10115 Berlin")
    shop.app.find()
    shop.app.draft()
    shop.clock.sleep(minutes=1)
    approve(shop, "Ada Lovelace")
    if who == "a person's own run":
        assert shop.run() == {"printed": 1}
        return
    with shop.app.store.writing() as session:
        note = session.scalars(select(Note)).one()
        note.on_time_until = note.expires_at = shop.clock() + timedelta(minutes=9)
    assert with_daemon(shop) == {"printed": 1}


@ON_SQLITE
def test_the_first_card_that_is_due_brings_all_of_its_day_along(shop: Shop) -> None:
    """It is nine in Berlin, and the middle of the night in New York."""
    shop.opened(BY_POST)
    for name, zone in (("Ada", "Europe/Berlin"), ("Ben", "America/New_York")):
        shop.customer(name, born="9 Dec", address="Am Tor 3\n10115 Berlin", timezone=zone)
    shop.clock.now = datetime(2026, 12, 6, 12, 0, tzinfo=UTC)
    shop.app.find()
    shop.app.draft()
    with shop.app.store.writing() as session:
        for note in session.scalars(select(Note)):
            at = 8 if note.customer.name == "Ada" else 15
            note.due_at = note.try_at = datetime(2026, 12, 7, at, 0, tzinfo=UTC)
    shop.clock.now = datetime(2026, 12, 7, 7, 59, tzinfo=UTC)
    assert with_daemon(shop) == {}
    shop.clock.sleep(minutes=2)

    assert with_daemon(shop) == {"printed": 2}
    assert {note.batch_id for note in shop.notes()} == {1}


THURSDAY = BY_POST + "[delivery.print]\nprint_day = 'thursday'\n"


def test_on_the_print_day_all_that_falls_due_on_it_is_one_batch(shop: Shop) -> None:
    """Two zones are due at two hours, and neither batch waits for the other's."""
    shop.opened(THURSDAY)
    for name, zone in (("Ada", "Europe/Berlin"), ("Ben", "America/New_York")):
        shop.customer(name, born="9 Dec", address="Am Tor 3\n10115 Berlin", timezone=zone)
    shop.clock.now = datetime(2026, 12, 2, 22, 30, tzinfo=UTC)
    shop.run()
    assert {note.state for note in shop.notes()} == {NoteState.APPROVED}
    shop.clock.sleep(hours=1)

    assert shop.run() == {"printed": 2}
    assert {note.batch_id for note in shop.notes()} == {1}


@pytest.mark.parametrize(("days_left", "waits"), [(9, True), (2, False)])
def test_what_was_approved_late_waits_for_the_print_day_unless_it_would_be_late(
    shop: Shop, days_left: int, waits: bool
) -> None:
    """It is a Saturday, and the next Thursday is five days off."""
    shop.opened(THURSDAY)
    shop.customer(born="28 Nov", address="Am Tor 3\n10115 Berlin")
    shop.app.find()
    shop.app.draft()
    with shop.app.store.writing() as session:
        (note,) = session.scalars(select(Note)).all()
        note.due_at = note.try_at = shop.clock() - timedelta(days=1)
        note.on_time_until = shop.clock() + timedelta(days=days_left)

    assert shop.run().get("printed", 0) == (0 if waits else 1)
    if waits:
        shop.clock.now = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
        assert shop.run()["printed"] == 1


def test_a_signature_that_is_gone_keeps_every_card_and_says_so(shop: Shop) -> None:
    shop.opened(BY_POST + "[delivery.print]\nsignature = 'rosa.png'\n")
    shop.customer(born="24 Nov", address="Am Tor 3\n10115 Berlin")
    shop.run()

    (rest,) = shop.app.resting()
    assert "rosa.png cannot be read" in rest.why
    assert not (shop.folder / "print").exists()
    Image.new("RGBA", (90, 30), (0, 0, 0, 0)).save(shop.folder / "rosa.png")
    shop.clock.sleep(hours=2)
    assert shop.run() == {"printed": 1}
