"""The imports there were: listed, shown, and what their owner said of unknown columns."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from appreciation.errors import AppreciationError
from appreciation.store import tables
from appreciation.store.tables import Import, ImportedRow


def all_imports(session: Session) -> Sequence[Import]:
    """Return every import, the latest first."""
    return session.scalars(select(Import).order_by(Import.id.desc())).all()


def the_import(session: Session, import_id: int) -> Import:
    """Return one import.

    Raises:
        AppreciationError: there is none of this id.
    """
    found = session.get(Import, import_id)
    if found is None:
        raise AppreciationError(f"there is no import {import_id}", mend="appreciation imports list")
    return found


def rows_of(session: Session, made: Import) -> Sequence[ImportedRow]:
    """Return the rows about which there is something to say, in the order of the file."""
    query = select(ImportedRow).where(ImportedRow.import_id == made.id)
    return session.scalars(query.order_by(ImportedRow.line, ImportedRow.id)).all()


def mapping_of(session: Session, headers: Sequence[str]) -> dict[str, str]:
    """Return what the columns under ``headers`` mean, as their owner said once; else nothing."""
    found = session.get(tables.Mapping, json.dumps(headers))
    return dict(found.fields) if found else {}


def keep_mapping(session: Session, headers: Sequence[str], fields: Mapping[str, str]) -> None:
    """Remember what the columns under ``headers`` mean."""
    session.merge(tables.Mapping(headers=json.dumps(headers), fields=dict(fields)))
