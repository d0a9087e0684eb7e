"""The program, but it kills itself at an edge: ``dies_at.py --config FILE EDGE PASS COMMAND..``.

With NOWHERE for an edge it lives, and says at last how often it passed each.
What is wrapped here is the real thing, in this process only; the product
knows nothing of it.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from appreciation.app import Appreciation
from appreciation.cli import main
from appreciation.delivery import letters, smtp_client
from appreciation.delivery.smtp import Smtp
from appreciation.stages import drafting, sending
from appreciation.store import claims, planning, recovery

# An edge lies just after a call has returned; some within a transaction that is then lost.
EDGES: dict[str, tuple[Any, str]] = {
    "in the plan": (planning, "insert_notes"),
    "after the plan": (Appreciation, "find"),
    "in the draft": (drafting, "draft"),
    "after the draft": (Appreciation, "draft"),
    "in the claim": (claims, "claim"),
    "after the claim": (sending._Hand, "_claim"),  # noqa: SLF001
    "in the intent": (claims, "begin"),
    "after the intent, before the body": (sending._Hand, "begin"),  # noqa: SLF001
    "after the dot": (smtp_client.Plain, "send"),
    "after the 250, before the outcome": (Smtp, "deliver"),
    "in the outcome": (claims, "finish"),
    "after the outcome": (sending._Hand, "finish"),  # noqa: SLF001
    "in the recovery": (recovery, "recover"),
    "after the recovery": (Appreciation, "recover"),
    "after the print, before the outcome": (letters, "print_batch"),
}
NOWHERE = "nowhere"
_HAS_THE_DOT = b"\r\n.\r\n"


def arm(edge: str, passes: int) -> None:
    """Let this process die when it passes ``edge`` for the ``passes``-th time."""
    left = iter(range(passes - 1))

    def pass_by() -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(edge, pass_by)


def watch(edge: str, pass_by: Callable[[], object]) -> None:
    """Call ``pass_by`` whenever this process passes ``edge``."""
    place, name = EDGES[edge]
    real: Callable[..., Any] = getattr(place, name)

    def after(*args: Any, **kwargs: Any) -> Any:
        returned = real(*args, **kwargs)
        pass_by()
        return returned

    def after_the_dot(line: smtp_client.Plain, words: Any) -> None:
        real(line, words)
        if isinstance(words, bytes) and words.endswith(_HAS_THE_DOT):
            pass_by()

    def after_each(*args: Any) -> Iterator[Any]:
        for outcome in real(*args):
            pass_by()
            yield outcome

    wrapped = {"send": after_the_dot, "deliver": after_each}.get(name, after)
    setattr(place, name, wrapped)


if __name__ == "__main__":
    _, config, path, edge_of_death, nth, *command = sys.argv
    passed: Counter[str] = Counter()
    if edge_of_death == NOWHERE:
        for each in EDGES:
            watch(each, partial(passed.update, [each]))
    else:
        arm(edge_of_death, int(nth))
    status = main([config, path, *command])
    print(json.dumps(passed))  # noqa: T201 - the harness reads it
    sys.exit(status)
