"""What the row of a table becomes that only our own export tells of: facts, holds, old notes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from appreciation.sources.base import Person, Remembered
from appreciation.stages.importing.people import FORGOTTEN, Outcome
from appreciation.stages.importing.report import End
from appreciation.stages.importing.who import Matcher, Role
from appreciation.stages.importing.writing import Writer
from appreciation.store import arriving
from appreciation.store.tables import OPEN, NoteState

_NOT_GONE = {*OPEN, NoteState.CLAIMED}


@dataclass
class Memory:
    """Takes in rows that are carried as they are; one that stands there stays as it is."""

    matcher: Matcher
    writer: Writer
    known: set[tuple[Any, ...]] = field(default_factory=set)

    def load(self, records: Iterable[Remembered]) -> None:
        """Look up which of these rows stand there."""
        self.known = set()
        for name in {each.table for each in records}:
            ids = {
                who
                for each in records
                if each.table == name and each.person
                for who in self.matcher.ids_of(each.person)
            }
            self.known |= arriving.carried_rows(self.writer.session, name, ids)

    def take(self, told: Remembered) -> Outcome:
        """Take in one row."""
        whose = told.person or Person(told.line, email=told.values.get("address"))
        match = self.matcher.match(whose, Role.REFERENCE)
        if match.forgotten:
            return End.SAME, FORGOTTEN
        if told.person is None:
            return self._keep(told, None)
        if match.customer_id is None:
            look = match.look or f"nobody knows {whose.name}: import customers first"
            return End.NEEDS_A_LOOK, look
        return self._keep(told, match.customer_id)

    def _keep(self, told: Remembered, customer_id: int | None) -> Outcome:
        values = dict(told.values)
        if told.table == "notes":
            # Of this very store, so its numbers are ours.
            values["occurrence"] = values["occurrence"].removeprefix(self.matcher.own)
        key = arriving.carried_key(told.table, customer_id, values)
        if key in self.known:
            return End.SAME, None
        if values.get("state") in _NOT_GONE:
            return End.SAME, "has not left, so it is written anew"
        self.known.add(key)
        self.writer.remember(told.table, customer_id, values)
        return End.NEW, None
