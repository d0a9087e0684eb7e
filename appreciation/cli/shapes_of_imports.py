"""The JSON of imports. Its keys are a contract: add, never rename."""

from typing import Any

from appreciation.dates import utc_text
from appreciation.stages.importing.report import End, Report, Told
from appreciation.store.tables import Import, ImportedRow


def report_shape(report: Report) -> dict[str, Any]:
    """Return how a file was taken in, or would be; two of the ends are lists with their reasons."""
    counts = report.counts
    return {
        "kind": report.kind,
        "rows": report.rows,
        "new": counts[End.NEW],
        "updated": counts[End.UPDATED],
        "same": counts[End.SAME],
        "needs_a_look": [_line(each) for each in report.of(End.NEEDS_A_LOOK)],
        "unreadable": [_line(each) for each in report.of(End.UNREADABLE)],
        "applied": report.applied,
        "import_id": report.import_id if report.applied else None,
        "notes": report.notes,
        "told": [
            _line(each) | {"end": each.end.value}
            for each in report.told
            if each.end not in {End.NEEDS_A_LOOK, End.UNREADABLE}
        ],
        "remarks": report.remarks,
        "sample": report.sample,
    }


def import_shape(made: Import) -> dict[str, Any]:
    """Return an import as JSON, with its counts."""
    return {
        "id": made.id,
        "kind": made.kind,
        "file": made.file,
        "imported_at": utc_text(made.imported_at),
        "rows": made.rows,
        "new": made.new,
        "updated": made.updated,
        "same": made.same,
        "needs_a_look": made.needs_a_look,
        "unreadable": made.unreadable,
        "undone_at": utc_text(made.undone_at),
    }


def told_shape(row: ImportedRow) -> dict[str, Any]:
    """Return what there is to say about one row."""
    return {"line": row.line, "end": row.outcome, "reason": row.reason}


def _line(told: Told) -> dict[str, Any]:
    return {"line": told.line, "reason": told.reason}
