"""What only happens where a person sits at a terminal: a real one, by a pseudo-terminal."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("pty", reason="Windows has no pseudo-terminals")


def _typed(folder: Path, words: Sequence[str], dialogue: Sequence[tuple[str, str]]) -> str:
    """Run the program at a terminal; wait for each prompt, then type; return all that was shown."""
    import pty

    line, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "appreciation", *words],
        cwd=folder,
        env={**os.environ, "XDG_CONFIG_HOME": str(folder)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = ""
    for prompt, answer in dialogue:
        seen = len(shown)
        while prompt not in shown[seen:]:
            shown += os.read(line, 4096).decode()
        os.write(line, f"{answer}\n".encode())
    try:
        while more := os.read(line, 4096):
            shown += more.decode()
    except OSError:  # Linux says so where others send an end
        pass
    program.wait()
    os.close(line)
    return shown.replace("\r\n", "\n")


def test_init_asks_and_asks_again_where_an_answer_cannot_be(tmp_path: Path) -> None:
    dialogue = [
        ("called?", "Rosa's Bakery"),
        ("signs the notes?", "Rosa"),
        ("come from?", "rosa"),
        ("come from?", "rosa@example.org"),
        ("time zone", "Mars"),
        ("time zone", "Europe/Berlin"),
        ("language", ""),
        ("country", "de"),
        ("address", "Hauptstr. 1, 10115 Berlin"),
        ("currency", ""),
    ]
    shown = _typed(tmp_path, ["init"], dialogue)

    assert "Error: 'rosa' is no email address" in shown
    settings = (tmp_path / "config.toml").read_text()
    for line in (
        'name = "Rosa\'s Bakery"',
        'country = "DE"',
        'currency = "EUR"',
        'address = "Hauptstr. 1\\n10115 Berlin"',
    ):
        assert line in settings
    assert (tmp_path / "appreciation.db").exists()


@pytest.mark.parametrize(("answer", "told"), [("y", "1 note approved"), ("n", "stopped")])
def test_approving_all_asks_once_every_text_was_shown(
    tmp_path: Path, answer: str, told: str
) -> None:
    from appreciation.dates import utc_now

    flags = ["--name", "B", "--signer", "Rosa", "--email", "r@example.org", "--timezone", "UTC"]
    _typed(tmp_path, ["init", "--yes", *flags], [])
    today = f"{utc_now():--%m-%d}"
    _typed(tmp_path, ["customer", "add", "Ada", "--email", "a@b.org", "--birthday", today], [])
    _typed(tmp_path, ["run", "--once"], [])
    shown = _typed(tmp_path, ["note", "approve", "--all"], [("[y/N]", answer)])

    assert shown.index("Dear Ada,") < shown.index("Approve 1 note?")
    assert told in shown


def test_an_import_asks_how_to_read_a_day_and_whether_to_take_the_file_in(tmp_path: Path) -> None:
    flags = ["--name", "B", "--signer", "Rosa", "--email", "r@example.org", "--timezone", "UTC"]
    _typed(tmp_path, ["init", "--yes", *flags], [])
    (tmp_path / "people.csv").write_text("Name,Birthday\nAda Lovelace,03/04/1980\n")
    asked = [("Which", "day-first"), ("Take it in?", "y")]

    shown = _typed(tmp_path, ["import", "people.csv"], asked)

    assert "100%" in shown
    assert "birthday April 3, 1980" in shown
    assert "taken in; to take it back: appreciation imports undo 1" in shown
    assert "Ada Lovelace" in _typed(tmp_path, ["customer", "list"], [])


def test_a_simulation_shows_how_far_it_is(tmp_path: Path) -> None:
    flags = ["--name", "B", "--signer", "Rosa", "--email", "r@example.org", "--timezone", "UTC"]
    _typed(tmp_path, ["init", "--yes", *flags], [])

    shown = _typed(tmp_path, ["simulate", "--days", "4"], [])

    assert " 25%" in shown
    assert shown.index("100%") < shown.index("nothing would fall due")


def test_an_import_that_is_declined_writes_nothing(tmp_path: Path) -> None:
    flags = ["--name", "B", "--signer", "Rosa", "--email", "r@example.org", "--timezone", "UTC"]
    _typed(tmp_path, ["init", "--yes", *flags], [])
    (tmp_path / "people.csv").write_text("Name,Birthday\nAda Lovelace,1980-04-03\n")

    shown = _typed(tmp_path, ["import", "people.csv"], [("Take it in?", "n")])

    assert "nothing is written yet" in shown
    assert "no customer yet" in _typed(tmp_path, ["customer", "list"], [])
