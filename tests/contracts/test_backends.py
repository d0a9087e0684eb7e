"""What every backend promises. A new one joins with one function and its line in ``BACKENDS``."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from appreciation.delivery import BUILT_IN
from appreciation.delivery.base import Backend, Letter, Outcome, Result, Sender
from appreciation.delivery.letters import Letters
from appreciation.delivery.outbox import Outbox
from appreciation.delivery.smtp import Smtp
from appreciation.errors import AppreciationError
from tests.mail_server import HERE, real

SENDER = Sender(
    "Rosa's Bakery", "Rosa", "rosa@example.org", "Hauptstr. 1\n10115 Berlin", "DE", "en"
)
GONE = (Result.SENT, Result.PRINTED)


@dataclass(frozen=True)
class Trial:
    """A backend that works, the same one with its way blocked, and a look at what has left."""

    backend: Backend
    blocked: Backend
    left: Callable[[], int]


Made = Callable[[Path], AbstractContextManager[Trial]]


@contextlib.contextmanager
def outbox(folder: Path) -> Iterator[Trial]:
    out = folder / "outbox"
    yield Trial(
        Outbox(SENDER, folder=out),
        Outbox(SENDER, folder=_in_the_way(folder) / "outbox"),
        lambda: len(list(out.glob("*.eml"))),
    )


@contextlib.contextmanager
def smtp(_: Path) -> Iterator[Trial]:
    with real() as (_received, closed):
        pass
    with real() as (received, port):
        yield Trial(
            Smtp(SENDER, host=HERE, port=port, security="none", timeout_seconds=5),
            Smtp(SENDER, host=HERE, port=closed, security="none", timeout_seconds=1),
            lambda: len(received.mails),
        )


@contextlib.contextmanager
def print_(folder: Path) -> Iterator[Trial]:
    out = folder / "print"
    yield Trial(
        Letters(SENDER, folder=out),
        Letters(SENDER, folder=_in_the_way(folder) / "print"),
        lambda: sum(_pages(file) for file in out.glob("B*/cards.pdf")),
    )


BACKENDS: dict[str, Made] = {"outbox": outbox, "smtp": smtp, "print": print_}


def _in_the_way(folder: Path) -> Path:
    """Return a path that no folder can be made under, whoever tries."""
    file = folder / "file"
    file.touch()
    return file


def _pages(file: Path) -> int:
    with pikepdf.open(file) as cards:
        return len(cards.pages)


@pytest.fixture(params=list(BACKENDS))
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trial]:
    with BACKENDS[request.param](tmp_path) as ready:
        yield ready


def letters(backend: Backend, count: int = 2) -> list[Letter]:
    return [_letter(backend, number) for number in range(1, count + 1)]


def _letter(backend: Backend, number: int) -> Letter:
    by_email = backend.channel == "email"
    return Letter(
        note_id=number,
        name="Ada Lovelace",
        recipient=f"ada{number}@example.org" if by_email else "Hauptstr. 2\n10115 Berlin",
        country="DE",
        subject="Happy birthday!",
        body="Dear Ada,\n\nhappy birthday!\n\nRosa",
        language="en",
        message_id=f"<note-{number}@example.org>",
        why="birthday on 21 November",
        at=datetime(2026, 11, 21, 11, 0, tzinfo=UTC),
        batch="B1" if backend.in_batches else "",
        sequence=number if backend.in_batches else 0,
    )


def impossible(letter: Letter, backend: Backend) -> Letter:
    """Return ``letter`` as it can never leave."""
    if backend.channel == "email":
        return replace(letter, recipient="ada@example..örg")
    return replace(letter, body="far too many words " * 2000)


def agree(_: Letter) -> bool:
    return True


def results(trial: Trial, of: list[Letter]) -> list[Result]:
    return [outcome.result for _, outcome in trial.backend.deliver(of, agree)]


def test_every_backend_we_ship_is_tried() -> None:
    assert list(BACKENDS) == list(BUILT_IN)


def test_a_backend_says_what_a_customer_must_have(trial: Trial) -> None:
    assert trial.backend.channel in ("email", "post")
    assert trial.backend.connections >= 1


def test_each_letter_gets_one_outcome_in_their_order(trial: Trial) -> None:
    given = letters(trial.backend, 3)

    told = list(trial.backend.deliver(given, agree))

    assert [letter for letter, _ in told] == given
    assert all(outcome.result in GONE for _, outcome in told)
    assert all(outcome.said for _, outcome in told)
    assert trial.left() == 3


def test_no_letters_are_no_work(trial: Trial) -> None:
    assert list(trial.backend.deliver([], agree)) == []
    assert trial.left() == 0


def test_a_letter_begins_once_and_before_it_is_out(trial: Trial) -> None:
    begun: list[tuple[int, int]] = []

    def begin(letter: Letter) -> bool:
        begun.append((letter.note_id, trial.left()))
        return True

    list(trial.backend.deliver(letters(trial.backend), begin))

    assert begun == ([(1, 0), (2, 0)] if trial.backend.in_batches else [(1, 0), (2, 1)])


def test_a_letter_that_somebody_else_has_does_not_leave(trial: Trial, tmp_path: Path) -> None:
    told = list(trial.backend.deliver(letters(trial.backend), lambda _: False))

    assert [outcome.result for _, outcome in told] == [Result.RETRY] * 2
    assert trial.left() == 0
    assert [file for file in tmp_path.rglob("*.*") if file.is_file()] == []


def test_one_letter_that_somebody_else_has_leaves_neither_alone_nor_in_a_batch(
    trial: Trial,
) -> None:
    told = trial.backend.deliver(letters(trial.backend), lambda letter: letter.note_id != 2)

    together = trial.backend.in_batches
    gone = [outcome.result in GONE for _, outcome in told]
    assert gone == [not together, False]
    assert trial.left() == (0 if together else 1)


def test_a_letter_is_drawn_when_the_one_before_it_has_its_outcome(trial: Trial) -> None:
    happened: list[str] = []

    def draw() -> Iterator[Letter]:
        for letter in letters(trial.backend):
            happened.append(f"{letter.note_id} drawn")
            yield letter

    for letter, _ in trial.backend.deliver(draw(), agree):
        happened.append(f"{letter.note_id} told")

    alone = ["1 drawn", "1 told", "2 drawn", "2 told"]
    together = ["1 drawn", "2 drawn", "1 told", "2 told"]
    assert happened == (together if trial.backend.in_batches else alone)


def test_a_way_that_is_blocked_is_an_outcome_and_no_exception(trial: Trial) -> None:
    told: list[Outcome] = [
        outcome for _, outcome in trial.blocked.deliver(letters(trial.blocked), agree)
    ]

    assert told
    assert {outcome.result for outcome in told} == {Result.RESTING}
    assert all(outcome.said for outcome in told)
    assert trial.left() == 0


def test_an_impossible_letter_fails_alone(trial: Trial) -> None:
    begun: list[int] = []
    first, bad, last = letters(trial.backend, 3)
    given = [first, impossible(bad, trial.backend), last]

    def begin(letter: Letter) -> bool:
        begun.append(letter.note_id)
        return True

    told = {
        letter.note_id: outcome.result for letter, outcome in trial.backend.deliver(given, begin)
    }

    assert told.pop(2) is Result.FAILED
    assert len(told) == 2
    assert set(told.values()) <= set(GONE)
    assert begun == [1, 3]
    assert trial.left() == 2


def test_a_repeatable_backend_leaves_one_letter_however_often(trial: Trial) -> None:
    given = letters(trial.backend, 1)

    results(trial, given)
    again = results(trial, given)

    if trial.backend.repeatable:
        assert (again, trial.left()) == ([Result.SENT], 1)


def test_a_look_is_one_line_and_nothing_leaves(trial: Trial) -> None:
    line = trial.backend.check()

    assert line
    assert "\n" not in line
    assert trial.left() == 0


def test_a_look_at_a_blocked_way_says_what_is_wrong_and_how_to_mend_it(trial: Trial) -> None:
    with pytest.raises(AppreciationError) as wrong:
        trial.blocked.check()

    assert wrong.value.mend
