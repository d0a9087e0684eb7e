"""Emails as files in a folder: the default, so that nothing leaves by accident."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from appreciation.delivery.base import NOT_BEGUN, Begin, Letter, Outcome, Result, Sender
from appreciation.delivery.folders import insist_writable
from appreciation.delivery.mail import mail


class Outbox:
    """Writes each letter as an ``.eml`` file that any mail program opens."""

    channel: Literal["email", "post"] = "email"
    in_batches = False
    # The same letter is the same file: written again it replaces itself.
    repeatable = True
    connections = 1

    def __init__(self, sender: Sender, *, folder: Path, **_: Any) -> None:
        self.sender = sender
        self.folder = folder

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        for letter in letters:
            yield letter, self._written(letter, begin)

    def check(self) -> str:
        insist_writable(self.folder, "outbox")
        return f"writes emails as files into {self.folder}"

    def _written(self, letter: Letter, begin: Begin) -> Outcome:
        # One to the owner is about no note: what it is called tells one day from the next.
        called = letter.name if letter.note_id else letter.subject
        target = self.folder / f"{letter.note_id:05}-{_file_name(called)}.eml"
        half = target.with_suffix(".tmp")
        try:
            message = mail(letter, self.sender)
        except ValueError as error:
            return Outcome(Result.FAILED, str(error))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(message)
            if not begin(letter):
                half.unlink()
                return NOT_BEGUN
            half.replace(target)
        except OSError as error:
            # A full disk empties and a share comes back: worth another try.
            return Outcome(Result.RESTING, f"could not write {target}: {error.strerror}")
        return Outcome(Result.SENT, f"written to {target}")


def _file_name(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-_")[:40] or "note"
