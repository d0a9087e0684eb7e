"""A digest in words: Markdown, like a note, so that text and HTML come of one reading."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from appreciation.digest.report import Line, Part, Report

# All that may mean something in Markdown: customers are called what they are called.
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_HEADS = {
    "waits": ("Waits for you", "Read and let go: appreciation note preview, then note approve"),
    "in_doubt": ("In doubt", "Settle each: appreciation note settle ID --arrived or --send-again"),
    "failed": ("Failed", "appreciation note retry ID, or note skip ID"),
    "blocked": ("Blocked", "Each says what it lacks: appreciation note list --state blocked"),
    "went": ("Went", ""),
    "skipped": ("Missed or skipped", ""),
    "held": ("Held back", ""),
    "next": ("Next", ""),
}
_NEEDS_A_PERSON = ("waits", "in_doubt", "failed", "blocked")


def subject(report: Report, business: str, on: date) -> str:
    """Return one line that says whether there is anything to do."""
    need = sum(report.parts[name].count for name in _NEEDS_A_PERSON)
    needs = "nothing needs you" if not need else f"{need} need you" if need > 1 else "1 needs you"
    return f"Notes of {business} on {on}: {needs}, {report.went.count} went"


def body(report: Report, zone: str) -> str:
    """Return the whole digest as Markdown; what there is nothing to tell of is left out."""
    return "\n\n".join(_paragraphs(report, zone)) + "\n"


def _paragraphs(report: Report, zone: str) -> Iterator[str]:
    yield _escaped(f"From {_clock(report.since, zone)} to {_clock(report.until, zone)}.")
    for trouble in filter(None, (*report.stopped, report.before)):
        yield f"**{_escaped(trouble)}**"
    if not any(part.count for part in report.parts.values()):
        yield "Nothing went, nothing waits, and nothing falls due."
    for name, part in report.parts.items():
        if part.count:
            yield from _part(name, part, report)
    yield _escaped("More of it: appreciation status, and appreciation why CUSTOMER.")


def _part(name: str, part: Part, report: Report) -> Iterator[str]:
    head, mend = _HEADS[name]
    ahead = f" within {report.days_ahead} days" if report.days_ahead > 1 else " within a day"
    yield f"## {head}{ahead if name == 'next' else ''}: {part.count}"
    lines = [f"- {_escaped(_line(line, name))}" for line in part.named]
    if part.count > len(part.named):
        lines.append(f"- and {part.count - len(part.named)} more")
    yield "\n".join(lines)
    if mend:
        yield _escaped(mend)


def _line(line: Line, name: str) -> str:
    number = f", note {line.note_id}" if line.note_id and name in _NEEDS_A_PERSON else ""
    due = f", due {line.due_on:%a %d %b}" if line.due_on and name in ("waits", "next") else ""
    reason = f": {line.reason}" if line.reason else ""
    return f"{line.customer}, {line.about}{number}{due}{reason}"


def _clock(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %Y %H:%M}"


def _escaped(words: str) -> str:
    """Return ``words`` as one line that Markdown shows as it is."""
    return _MARKS.sub(r"\\\1", " ".join(words.split()))
