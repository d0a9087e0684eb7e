"""Any other table: by headers in plain words, or by a mapping that its owner gives."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from appreciation.errors import AppreciationError, NeedsALook, NotUnderstood
from appreciation.sources import proposing
from appreciation.sources.base import Choices, NotTaken, Reading, Unreadable
from appreciation.sources.dialects import Dialect, rows_of
from appreciation.sources.plain_words import KINDS, MEANINGS
from appreciation.sources.sales import by_status
from appreciation.sources.sheets import Sheet, fold, sheet_at

_KNOWN = frozenset(word for meanings in MEANINGS.values() for word in meanings)
_LOOKED_AT = 200
_JUDGE = by_status(
    taken="paid completed complete done",
    void="refunded voided void cancelled canceled",
    open="pending failed unpaid open draft",
    quiet="partially_refunded",
)


class Plain:
    """Tables that no program of ours is known to write."""

    kinds = tuple(KINDS)

    def recognise(self, path: Path) -> str | None:
        """Return what the headers speak of, or None where they are no plain words."""
        sheet = sheet_at(path, _KNOWN)
        if sheet is None:
            return None
        return next((kind for kind in KINDS if _is_enough(kind, _meant(kind, sheet, {}))), None)

    def read(self, path: Path, kind: str, choices: Choices) -> Reading:
        """Return the rows of the table, read by its mapping or its plain headers."""
        sheet = sheet_at(path, _KNOWN | {fold(header) for header in choices.mapping})
        if sheet is None:
            raise AppreciationError(
                f"{path} is no table", mend="save it as CSV, or as vCard from an address book"
            )
        _check(choices.mapping, sheet, kind)
        meant = _meant(kind, sheet, choices.mapping)
        if not _is_enough(kind, meant):
            raise _not_enough(path, sheet, kind, meant)
        columns = {name: [header] for header, name in meant.items()}
        dialect = Dialect(kind, KINDS[kind].makes, [], columns, judge=_JUDGE)
        unused = [header for header in sheet.headers if header and header not in meant]
        remarks = [f"not read: {', '.join(unused)}"] if unused else []
        return Reading(kind, rows_of(sheet, dialect, choices), tuple(remarks), sheet.headers, meant)


def kind_of(mapping: Mapping[str, str]) -> str:
    """Return what a table with the fields of ``mapping`` speaks of."""
    fields = set(mapping.values())
    if fields & {"referrer", "referred"}:
        return "referrals"
    return "orders" if "total" in fields else "customers"


def headers_of(path: Path, mapping: Mapping[str, str]) -> tuple[str, ...]:
    """Return the headers of the table at ``path``; none where it is no table."""
    sheet = sheet_at(path, _KNOWN | {fold(header) for header in mapping})
    return sheet.headers if sheet else ()


def _meant(kind: str, sheet: Sheet, mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the field of each header that is told by ``mapping`` or by a plain word."""
    told = {fold(header): name for header, name in mapping.items()}
    meanings = MEANINGS[kind]
    found: dict[str, str] = {}
    for header in sheet.headers:
        name = told.get(fold(header)) or meanings.get(fold(header))
        # The first of two that mean the same, unless the owner has said which.
        if name and (name not in found.values() or fold(header) in told):
            found = {each: of for each, of in found.items() if of != name} | {header: name}
    return {header: name for header, name in found.items() if name != "-"}


def _is_enough(kind: str, meant: Mapping[str, str]) -> bool:
    fields = set(meant.values())
    return any(needed <= fields for needed in KINDS[kind].needs)


def _check(mapping: Mapping[str, str], sheet: Sheet, kind: str) -> None:
    fields = {"-", *MEANINGS[kind].values()}
    for header, name in mapping.items():
        if fold(header) not in sheet.folded:
            raise NotUnderstood(
                f"there is no column {header!r}", mend=f"name one of: {', '.join(sheet.headers)}"
            )
        if name not in fields:
            known = ", ".join(sorted(set(MEANINGS[kind].values())))
            raise NotUnderstood(f"no column can mean {name!r}", mend=f"write one of: {known}, -")


def _not_enough(path: Path, sheet: Sheet, kind: str, meant: Mapping[str, str]) -> NeedsALook:
    """Return the question what the columns mean, with an answer that only needs a look."""
    rows = (row for row in sheet.rows() if not isinstance(row, Unreadable | NotTaken))
    sample = [cells for _, cells in islice(rows, _LOOKED_AT)]
    proposed = proposing.proposal(sheet.headers, sample, meant, MEANINGS[kind])
    wrong = f"nobody knows what the columns of {path.name} mean: {', '.join(sheet.headers)}"
    if not proposed:
        fields = ", ".join(sorted(set(MEANINGS[kind].values())))
        example = f"appreciation import {path} --map '{sheet.headers[0]}=name'"
        return NeedsALook(wrong, mend=f"say it, with one of {fields}: {example}")
    flags = " ".join(f"--map '{header}={name}'" for header, name in proposed.items())
    return NeedsALook(wrong, mend=f"look whether this is right: appreciation import {path} {flags}")
