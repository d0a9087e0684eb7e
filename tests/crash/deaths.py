"""Runs of the program that end at an edge of our choice."""

import json
import signal
import sys

from tests.crash.dies_at import NOWHERE
from tests.crash.feast import Guests
from tests.processes import Programs

DIES_AT = (sys.executable, "-m", "tests.crash.dies_at")
# Learnt once by each worker: it takes a whole run.
_PASSES: dict[str, dict[str, int]] = {}


def dies(programs: Programs, edge: str, *, at_pass: int) -> None:
    """Run the program until it kills itself, and see that it did."""
    status, said = _runs(programs, edge, at_pass)
    assert status == -signal.SIGKILL, said


def passes(programs: Programs, guests: Guests, count: int) -> dict[str, int]:
    """Return how often a run with ``count`` notes passes each edge where nothing disturbs it."""
    kind = type(guests).__name__
    if kind not in _PASSES:
        guests.invite(count)
        status, said = _runs(programs, NOWHERE, 0)
        assert status == 0, said
        _PASSES[kind] = json.loads(said.splitlines()[-1])
    return _PASSES[kind]


def _runs(programs: Programs, edge: str, at_pass: int) -> tuple[int, str]:
    return programs.done(edge, str(at_pass), "run", "--once", program=DIES_AT)
