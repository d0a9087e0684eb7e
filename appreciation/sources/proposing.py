"""What the columns of an unknown table may mean: by their headers, and by what stands in them."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from appreciation.sources.sheets import fold

_MOST = 0.6
_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?|--\d{2}-?\d{2}")
_AMOUNT = re.compile(r"[^\w.,-]*-?\d[\d.,' ]*[.,]\d{2}\D{0,4}|[€$£]\s?\d+")
_PHONE = re.compile(r"\+?[\d ()/.-]{7,}")
_NAME = re.compile(r"[^\W\d_][\w.'\u2019-]*(?: [^\W\d_][\w.'\u2019-]*)+")
_BY_VALUE = (
    ("email", re.compile(r"\S+@\S+\.\S+")),
    ("on", _DAY),
    ("total", _AMOUNT),
    ("phone", _PHONE),
    ("name", _NAME),
)


def proposal(
    headers: Sequence[str],
    sample: Sequence[Sequence[str]],
    meant: Mapping[str, str],
    meanings: Mapping[str, str],
) -> dict[str, str]:
    """Return what each header likely means; only a person can say whether that is right.

    ``meant`` is known already. ``meanings`` are the plain words of the kind of
    table: a header near one of them means the same, else what most of its
    ``sample`` looks like.
    """
    found = dict(meant)
    for number, header in enumerate(headers):
        if header in found or not header:
            continue
        name = _by_header(header, meanings) or _by_values([row[number] for row in sample], meanings)
        if name and name not in found.values():
            found[header] = name
    return found


def _by_header(header: str, meanings: Mapping[str, str]) -> str | None:
    near = get_close_matches(fold(header), meanings, n=1, cutoff=0.85)
    return meanings[near[0]] if near else None


def _by_values(cells: Sequence[str], meanings: Mapping[str, str]) -> str | None:
    full = [cell.strip() for cell in cells if cell.strip()]
    for name, form in _BY_VALUE:
        if full and sum(bool(form.fullmatch(cell)) for cell in full) >= _MOST * len(full):
            # In a table of people, a day is a birthday.
            named = "birthday" if name == "on" and "on" not in meanings.values() else name
            return named if named in meanings.values() else None
    return None
