"""One wording: a file of front matter and Markdown, read and taken apart."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

_FENCE = "+++"
_WHEN = {"on-time": (False,), "belated": (True,), "any": (False, True)}
# What may stand in front matter where a word is one of a few; nothing stands for either.
_CHOICES = {
    "when": tuple(_WHEN),
    "formality": ("informal", "formal"),
    "number": ("singular", "plural"),
}
_KEYS = {
    "subject": str,
    "occasion": str,
    "language": str,
    "when": str,
    "variant": str,
    "formality": str,
    "number": str,
    "needs": list,
    "off": bool,
    "hand": str,
    "ink": str,
    "picture": str,
    "enclose": str,
}
# What a card made of it looks like, and what goes into its envelope.
_OF_THE_CARD = ("hand", "ink", "picture", "enclose")


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say it.

    ``name`` is ``OCCASION/LANGUAGE/WORDING`` and stays the same when an owner
    rewrites the file: it is what tells whether a customer had this one before.
    ``needs`` are the words without which it cannot be written, dotted, both
    those that its front matter names and those that it uses without asking.
    ``formality`` and ``number`` tell whom it suits where a language says du or
    Sie, usted or ustedes; empty suits both.
    ``body_line`` is the line of the file on which the body begins. ``look`` is
    what it asks of a card: hand, ink, picture, enclose.
    """

    name: str
    occasion: str
    language: str
    when: str
    variant: str
    needs: tuple[str, ...]
    subject: str
    body: str
    path: Path
    subject_line: int = 1
    body_line: int = 1
    off: bool = False
    formality: str = ""
    number: str = ""
    look: Mapping[str, str] = field(default_factory=dict)

    @property
    def belated(self) -> bool:
        """Whether it is for late notes only."""
        return self.when == "belated"

    def suits(self, *, belated: bool) -> bool:
        """Return whether a note that is late, or is not, may be written so."""
        return belated in _WHEN[self.when]


@dataclass(frozen=True, slots=True)
class BrokenWording:
    """A file that is no wording; ``wrong`` says why, for whoever mends it."""

    name: str
    path: Path
    line: int
    wrong: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.wrong}"


class Unreadable(Exception):
    """What is wrong with a file, and on which line."""

    def __init__(self, wrong: str, line: int = 1) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.line = line


def read(path: Path, name: str) -> Wording:
    """Read the wording in the file ``path``, known as ``name``.

    Raises:
        Unreadable: the file, its place or its front matter breaks a rule.
    """
    try:
        # A byte order mark is what Notepad leaves behind.
        source = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unreadable("is not UTF-8 text; save it as UTF-8") from error
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    front, body_line = _front_matter(lines)
    occasion, language, _ = name.split("/")
    for key, place in (("occasion", occasion), ("language", language)):
        if front.get(key, place) != place:
            raise Unreadable(f"says {key} = {front[key]!r}, but lies in the folder of {place!r}")
    return Wording(
        name=name,
        occasion=occasion,
        language=language,
        when=front.get("when", "on-time"),
        variant=front.get("variant", ""),
        needs=tuple(front.get("needs", ())),
        subject=front["subject"],
        body="\n".join(lines[body_line - 1 :]),
        path=path,
        subject_line=_line_of("subject", lines),
        body_line=body_line,
        off=front.get("off", False),
        formality=front.get("formality", ""),
        number=front.get("number", ""),
        look={key: front[key].strip() for key in _OF_THE_CARD if front.get(key, "").strip()},
    )


def _front_matter(lines: list[str]) -> tuple[dict[str, Any], int]:
    """Return what stands between the two +++ lines, and the line after them."""
    fences = [number for number, line in enumerate(lines) if line.rstrip() == _FENCE]
    if len(fences) < 2 or "".join(lines[: fences[0]]).strip():  # noqa: PLR2004 one above, one below
        raise Unreadable("does not begin with front matter between two +++ lines")
    first, last = fences[:2]
    try:
        front = tomllib.loads("\n" * (first + 1) + "\n".join(lines[first + 1 : last]))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"its front matter is not TOML: {error}", first + 1) from error
    for key, value in front.items():
        _check(key, value, _line_of(key, lines))
    if not front.get("off") and not front.get("subject", "").strip():
        raise Unreadable("has no subject", first + 1)
    return {"subject": "", **front}, last + 2


def _check(key: str, value: object, line: int) -> None:
    if key not in _KEYS:
        near = get_close_matches(key, _KEYS, n=1) or sorted(_KEYS)
        raise Unreadable(f"there is no {key!r} in front matter; use {', '.join(near)}", line)
    if not isinstance(value, _KEYS[key]):
        kinds = {str: "words in quotes", list: "a list of words", bool: "true or false"}
        raise Unreadable(f"{key} is {value!r}, not {kinds[_KEYS[key]]}", line)
    if isinstance(value, list) and not all(isinstance(word, str) for word in value):
        raise Unreadable(f"{key} holds more than words in quotes", line)
    if key in _CHOICES and value not in _CHOICES[key]:
        known = " or ".join(f'"{each}"' for each in _CHOICES[key])
        raise Unreadable(f"{key} is {value!r}, not {known}", line)


def _line_of(key: str, lines: list[str]) -> int:
    starts = (n for n, line in enumerate(lines, 1) if line.replace(" ", "").startswith(f"{key}="))
    return next(starts, 1)
