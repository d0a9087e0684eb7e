"""Bytes into letters: which encoding a file has, found by reading it once and never guessed."""

import codecs
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

from appreciation.errors import AppreciationError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CHUNK = 1 << 16
# So many zero bytes of a hundred make UTF-16 that lost its mark.
_MANY_ZEROS = 30


def encoding_of(path: Path) -> str:
    """Return the encoding of the file at ``path``: by its mark, else UTF-8, else Windows' own.

    A guess by the frequency of letters took José for Josť; a file that is not
    UTF-8 to the last byte was saved by a Windows program of the West.

    Raises:
        AppreciationError: the file is not there, or is nobody's text.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _opened(path) as file:
        chunk = file.read(_CHUNK)
        if encoding := _shown_by(chunk):
            return encoding
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def head_of(path: Path, lines: int) -> list[str]:
    """Return the first ``lines`` of the file at ``path``, at most 64 KiB; the rest is not read.

    Every source asks for it, of files of any size, to see whose the file is.

    Raises:
        AppreciationError: the file is not there, or is nobody's text.
    """
    with _opened(path) as file:
        chunk = file.read(_CHUNK)
    encoding = _shown_by(chunk) or "utf-8"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(chunk)
    except UnicodeDecodeError:
        text = chunk.decode("cp1252" if encoding == "utf-8" else encoding, errors="replace")
    return list(islice(io.StringIO(text, newline=""), lines))


def _shown_by(head: bytes) -> str | None:
    """Return the encoding that the first bytes of a file show, if they show any."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if head[:400].count(0) * 100 > _MANY_ZEROS * len(head[:400]):
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    return None


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file at ``path``: the same file has the same."""
    found = hashlib.sha256()
    with _opened(path) as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of the file at ``path`` with their ends, without what no store keeps: NUL."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        for line in file:
            yield line.replace("\0", "") if "\0" in line else line


def unspoilt(text: str) -> str | None:
    """Return "Zoë" for "ZoÃ«", which is UTF-8 that was read as Windows' own; else None."""
    if text.isascii():
        return None
    try:
        meant = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None
    return meant if meant != text else None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise AppreciationError(
            f"{path} cannot be read: {error.strerror}", mend="name a file that is yours to read"
        ) from error
