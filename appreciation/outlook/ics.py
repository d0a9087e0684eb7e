"""What is coming as a file that calendar programs read (RFC 5545): whole days, no note text."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from appreciation.outlook.coming import EXPECTED, Coming

# In octets, the line's end not counted.
_LONGEST = 75
_MEANT = re.compile(r"([\\;,])")
_LINE_END = re.compile(r"\r\n?|\n|\x0b|\x0c|\x1c|\x1d|\x1e|\x85|\u2028|\u2029")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_STATES = {
    EXPECTED: "not written yet",
    "found": "not written yet",
    "waiting": "waits for you",
    "blocked": "blocked, needs you",
    "approved": "approved",
}


def calendar(rows: Iterable[Coming], *, store: str, name: str, at: datetime) -> str:
    """Return ``rows`` as an iCalendar file: an event of a whole day for each.

    An event keeps its UID from one file to the next, however often it moves;
    ``store`` keeps two shops in one calendar apart. It takes no time away from
    whoever has it (TRANSPARENT), and says neither what a note says nor where
    it goes.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//appreciation//upcoming//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for row in rows:
        lines += _event(row, store, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(row: Coming, store: str, at: datetime) -> Iterator[str]:
    known_by = f"{store}/{row.customer_id}/{row.occasion}/{row.occurrence}"
    piece = "card" if row.channel == "post" else "note"
    state = _STATES.get(row.state, row.state.replace("_", " "))
    yield "BEGIN:VEVENT"
    yield f"UID:{sha256(known_by.encode()).hexdigest()[:40]}@appreciation"
    yield f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{row.due_on:%Y%m%d}"
    # The first day that is no more of it.
    yield f"DTEND;VALUE=DATE:{row.due_on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{row.customer}: {row.occasion} {piece}')}"
    yield f"DESCRIPTION:{_text(f'about {row.on}, by {row.backend}: {state}')}"
    yield f"CATEGORIES:{_text(row.occasion)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(words: str) -> str:
    """Return ``words`` as a value of the kind TEXT."""
    lines = _CONTROL.sub(" ", _LINE_END.sub("\n", words))
    return _MEANT.sub(r"\\\1", lines).replace("\n", r"\n")


def _folded(line: str) -> Iterator[str]:
    """Yield ``line`` in parts of up to 75 octets, no letter cut in two; all but one begin blank."""
    part, length = "", 0
    for letter in line:
        octets = len(letter.encode())
        if length + octets > _LONGEST:
            yield part
            part, length = " ", 1
        part, length = part + letter, length + octets
    yield part
