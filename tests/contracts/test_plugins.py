"""What another distribution can bring, proven with one that is installed beside the program."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PLUGIN = """\
from pathlib import Path

from sqlalchemy import func, literal, true

from appreciation.delivery.base import Outcome, Result
from appreciation.occasions.base import Facts, found, lives_by
from appreciation.store.tables import Customer


class Pigeon:
    channel = "email"
    in_batches = False
    repeatable = True
    connections = 1

    def __init__(self, sender, *, loft, **_):
        self.sender, self.loft = sender, Path(loft)

    def deliver(self, letters, begin):
        for letter in letters:
            if not begin(letter):
                yield letter, Outcome(Result.RETRY, "another has it")
                continue
            self.loft.mkdir(exist_ok=True)
            words = f"{self.sender.signer} to {letter.recipient}: {letter.subject}"
            (self.loft / f"{letter.note_id}.txt").write_text(words, encoding="utf-8")
            yield letter, Outcome(Result.SENT, "it flew")

    def check(self):
        return "flies"


class Welcome:
    samples = {"welcome": {"since": "2026"}}
    variants = ()
    consumes = None

    def __init__(self, settings):
        self.settings = settings

    def ready(self, through):
        return true()

    def occurrences(self, calendar, considered_at):
        return found(
            occurrence=literal("once"),
            about=Customer.id.expression,
            known_at=Customer.created_at.expression,
        ).join(
            calendar,
            (calendar.c.day == func.date(Customer.created_at)) & lives_by(calendar),
        )

    def facts(self, session, notes):
        return {
            note.id: Facts({"welcome": {"since": str(note.on.year)}}, why="a new customer")
            for note in notes
        }
"""
SOURCE = """
from appreciation.sources.base import Person, Reading


class Flock:
    kinds = ("flock",)

    def recognise(self, path):
        return "flock" if path.suffix == ".flock" else None

    def read(self, path, kind, choices):
        lines = enumerate(path.read_text().splitlines(), 1)
        return Reading(kind, (Person(line, name) for line, name in lines))
"""
ENTRY_POINTS = """\
[appreciation.sources]
flock = pigeon_post:Flock

[appreciation.delivery]
pigeon = pigeon_post:Pigeon
outbox = pigeon_post:Pigeon

[appreciation.occasions]
welcome = pigeon_post:Welcome
"""
SETTINGS = """\
[business]
name = "Rosa's Bakery"
signer = "Rosa"
email = "rosa@example.org"
timezone = "UTC"

[delivery]
email = "{email}"

[delivery.{email}]
{loft} = "loft"

[occasions.{occasion}]
approve = "auto"
send_at = "00:00"
"""

Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return how to run the real program in a folder where a plugin is installed."""
    site = tmp_path / "site"
    about = site / "pigeon_post-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "pigeon_post.py").write_text(PLUGIN + SOURCE, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon-post\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    wording = tmp_path / "templates" / "welcome" / "en" / "hello.md"
    wording.parent.mkdir(parents=True)
    wording.write_text(
        '+++\nsubject = "Welcome to {{ business }}"\n+++\n{{ greeting }}\n\n'
        "How good that you are here since {{ welcome.since }}.\n\n{{ signer }}\n",
        encoding="utf-8",
    )
    set_before = {k: v for k, v in os.environ.items() if not k.startswith("APPRECIATION_")}
    paths = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "appreciation", "--config", "config.toml", *words],
            cwd=tmp_path,
            env={**set_before, "PYTHONPATH": os.pathsep.join(paths)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def settle(folder: Path, *, email: str, occasion: str = "welcome", loft: str = "loft") -> None:
    text = SETTINGS.format(email=email, occasion=occasion, loft=loft)
    (folder / "config.toml").write_text(text, encoding="utf-8")


def test_a_note_for_a_plugin_s_occasion_leaves_by_a_plugin_s_way(
    program: Program, tmp_path: Path
) -> None:
    settle(tmp_path, email="pigeon")
    for words in (
        ["init", "--yes"],
        ["customer", "add", "Ada Lovelace", "--email", "ada@example.org"],
    ):
        done = program(*words)
        assert done.returncode == 0, done.stderr

    done = program("run", "--once")

    assert (done.returncode, done.stderr) == (0, "")
    assert "1 sent" in done.stdout
    assert (tmp_path / "loft" / "1.txt").read_text(encoding="utf-8") == (
        "Rosa to ada@example.org: Welcome to Rosa's Bakery"
    )


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"email": "owl"},
            [
                ": delivery.email: no delivery plugin is called 'owl'",
                " mend: write one of: outbox, pigeon, print, smtp",
            ],
        ),
        (
            {"email": "pigeon", "occasion": "farewell"},
            [
                ": occasions.farewell: no occasions plugin is called 'farewell'",
                (
                    " mend: write one of: anniversary, birthday, date, meeting, milestone, order,"
                    " own_day, quiet, referral, welcome"
                ),
            ],
        ),
    ],
)
def test_a_plugin_that_nobody_has_is_told_with_those_that_are_there(
    program: Program, tmp_path: Path, settings: dict[str, str], told: list[str]
) -> None:
    settle(tmp_path, **settings)

    done = program("status")

    assert done.returncode == 4
    wrong, mend = done.stderr.splitlines()
    assert wrong.endswith(told[0])
    assert mend == told[1]


def test_a_file_of_a_plugin_s_source_is_taken_in(program: Program, tmp_path: Path) -> None:
    settle(tmp_path, email="pigeon")
    program("init", "--yes")
    (tmp_path / "ours.flock").write_text("Ada Lovelace\nBen King\n")

    done = program("import", "ours.flock", "--apply")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ours.flock: flock, 2 rows: 2 new")


def test_a_plugin_that_calls_itself_outbox_does_not_replace_ours(
    program: Program, tmp_path: Path
) -> None:
    settle(tmp_path, email="outbox", loft="folder")
    program("init", "--yes")
    program("customer", "add", "Ada Lovelace", "--email", "ada@example.org")

    done = program("run", "--once")

    assert "1 sent" in done.stdout
    assert [file.suffix for file in (tmp_path / "loft").iterdir()] == [".eml"]
