"""How many notes a second leave, beside Postfix's own ``smtp-source`` and django-post_office.

``python benchmarks/mail.py [NOTES [RUNS]]``. All arms take turns on one server, since a
machine's speed drifts: quote the median of the ratios within one run.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import peers
from mail_servers import HERE, Running, server, tool
from shop import Template, fill, opened

from appreciation.dates import utc_now
from appreciation.delivery.base import Letter, Result, Sender
from appreciation.delivery.mail import mail
from appreciation.delivery.smtp import Smtp

SENDER = Sender("Rosa's Bäckerei", "Rosa", "rosa@example.org", "Hauptstr. 1", "DE", "en")
BASE = "smtp-source -s 8 -d"
EVERY_COMMIT, OVER_TWO = "ours, every commit, 8 connections", "ours, every commit, 2 connections"
NO_STORE, PEER = "ours without the store, 8", "django-post_office"


def letter(number: int, template: Template) -> Letter:
    subject, body = template.render()
    return Letter(
        note_id=number,
        name="Zoë Müller-Łukasz",
        recipient=f"zoe{number}@example.com",
        country="",
        subject=subject,
        body=body,
        language="en",
        message_id=f"<note-{number}.0123456789abcdef@example.org>",
        why="birthday",
        at=utc_now(),
    )


def building() -> int:
    """Print what rendering and building a mail cost; return how large it is."""
    template = Template()
    one = letter(1, template)
    words = template.wordings.render, template.wording

    def microseconds(work: Callable[[], object]) -> float:
        return min(timeit.repeat(work, number=100, repeat=50)) / 100 * 1e6

    from shop import WORDS

    render = microseconds(lambda: words[0](words[1], WORDS))
    build = microseconds(lambda: mail(one, SENDER))
    size = len(mail(one, SENDER))
    print(f"a mail of {size:,} bytes, best of 50: rendered in {render:.0f} us,", end=" ")
    print(f"built in {build:.0f} us, together {render + build:.0f} us (at most 60 is the aim)")
    return size


def source(running: Running, count: int, size: int) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [
            *(tool("smtp-source"), "-s", "8", "-d", "-m", str(count), "-l", str(size)),
            *("-f", "rosa@example.org", "-t", "zoe@example.com", f"{HERE}:{running.port}"),
        ],
        check=True,
    )
    return time.perf_counter() - begun


def every_commit(running: Running, count: int, connections: int) -> float:
    """Render, claim (synced), begin and finish each note; the notes are there and approved."""
    template = Template()
    with tempfile.TemporaryDirectory() as name:
        app = opened(Path(name), running.port, connections)
        fill(app, count)
        with app.at_work("once") as worker:
            begun = time.perf_counter()
            for _ in range(count):
                template.render()
            sent = app.send(worker)["sent"]
            took = time.perf_counter() - begun
        app.store.close()
    assert sent == count
    return took


def without_store(running: Running, count: int) -> float:
    template, hands = Template(), 8
    backend = Smtp(SENDER, host=HERE, port=running.port, security="none", connections=hands)

    def deliver(numbers: range) -> int:
        letters: Iterator[Letter] = (letter(number, template) for number in numbers)
        outcomes = backend.deliver(letters, lambda _: True)
        return sum(outcome.result is Result.SENT for _, outcome in outcomes)

    begun = time.perf_counter()
    with ThreadPoolExecutor(hands) as pool:
        sent = sum(pool.map(deliver, [range(first, count, hands) for first in range(hands)]))
    took = time.perf_counter() - begun
    assert sent == count
    return took


def post_office(running: Running, count: int, python: str) -> float:
    with tempfile.TemporaryDirectory() as name:
        at = (python, "post_office", Path(name), running.port)
        subprocess.run(peers.command(*at, "queue", count), check=True)
        sent = subprocess.run(
            peers.command(*at, "send"), check=True, capture_output=True, text=True
        )
        return float(sent.stdout)


def main() -> None:
    count, runs = [*map(int, sys.argv[1:]), *(1500, 5)[len(sys.argv) - 1 :]]
    size = building()
    with server() as running, peers.interpreter() as python:
        arms: dict[str, Callable[[], float]] = {
            BASE: lambda: source(running, count, size),
            EVERY_COMMIT: lambda: every_commit(running, count, 8),
            NO_STORE: lambda: without_store(running, count),
            OVER_TWO: lambda: every_commit(running, count, 2),
        }
        if python:
            arms[PEER] = lambda: post_office(running, count, python)
        rates: dict[str, list[float]] = {name: [] for name in arms}
        for _ in range(runs):
            for name, arm in arms.items():
                running.settle()
                rates[name].append(count / arm())
        name = running.name
    print(f"{count:,} mails to {name}, median of {runs}; of {BASE} in the same round:")
    for arm_name, per_second in rates.items():
        ratio = statistics.median(a / b for a, b in zip(per_second, rates[BASE], strict=True))
        median = statistics.median(per_second)
        spread = f"({min(per_second):,.0f} to {max(per_second):,.0f})"
        print(f"{arm_name:<36} {median:7,.0f}/s {spread:<18} {ratio:5.2f}")
    if python:
        pairs = zip(rates[EVERY_COMMIT], rates[PEER], strict=True)
        times = statistics.median(a / b for a, b in pairs)
        print(f"ours with every commit is {times:.2f} times {PEER}")


if __name__ == "__main__":
    main()
