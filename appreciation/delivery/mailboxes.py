"""Mailboxes on this machine, read from end to end; their owner's mail program notices nothing."""

import contextlib
import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from appreciation.errors import AppreciationError

# A mail that came back tells what it is about long before this; the rest may be pictures.
LARGEST = 256 * 1024


class Mailbox(Protocol):
    """Where mails that came back are found. Nothing in it is changed, moved or marked as read."""

    def mails(self, since: date) -> Iterator[bytes]:
        """Yield what may be mails that came back, each cut off at ``LARGEST`` octets.

        A server leaves out what came before ``since``; a folder on this
        machine yields all that it has.

        Raises:
            AppreciationError: it cannot be read; what is wrong and the mend.
        """
        ...

    def check(self) -> str:
        """Return one line about what there is to read.

        Raises:
            AppreciationError: it cannot be read; what is wrong and the mend.
        """
        ...


@dataclass(frozen=True, slots=True)
class OnThisMachine:
    """An mbox file or a Maildir folder."""

    path: Path

    def mails(self, since: date) -> Iterator[bytes]:  # noqa: ARG002 - reading it costs no network
        with self._opened() as box:
            for key in box.iterkeys():
                # What the owner moves or deletes meanwhile is theirs to move and delete.
                with contextlib.suppress(KeyError, FileNotFoundError), box.get_file(key) as file:
                    yield file.read(LARGEST)

    def check(self) -> str:
        with self._opened() as box:
            return f"reads {self.path}: {len(box)} in it"

    @contextlib.contextmanager
    def _opened(self) -> Iterator[mailbox.mbox | mailbox.Maildir]:
        try:
            box = _box(self.path)
            try:
                yield box
            finally:
                box.close()
        except OSError as error:
            raise AppreciationError(
                f"the mailbox {self.path} cannot be read: {error.strerror or error}",
                mend="name an mbox file or a Maildir folder that is yours to read",
            ) from error


def _box(path: Path) -> mailbox.mbox | mailbox.Maildir:
    if path.is_dir():
        if not all((path / part).is_dir() for part in ("cur", "new")):
            raise AppreciationError(
                f"the folder {path} is no Maildir: it has no cur and new in it",
                mend="name the folder that holds cur, new and tmp",
            )
        return mailbox.Maildir(path, create=False)
    # A pipe would keep us waiting for ever.
    start = b"?"
    if path.is_file() or not path.exists():
        with path.open("rb") as file:
            start = file.read(5)
    if start not in (b"", b"From "):
        raise AppreciationError(
            f"{path} is no mbox file: it does not start with 'From '",
            mend="name an mbox file or a Maildir folder",
        )
    return mailbox.mbox(path, create=False)
