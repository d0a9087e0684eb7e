"""A wording of the owner's own: where it lies, and what a new one begins with."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from appreciation.errors import AppreciationError, NotUnderstood
from appreciation.words.wordings import BrokenWording, Wording, Wordings

_NAME = re.compile(r"[\w-]+")
_NEW = """\
+++
subject = "..."
{variant}# when = "belated"          used only when the note is late
# needs = ["call_name"]      words without which this wording is not used
# The words you can use: {words}
+++
{{{{ greeting }}}}

...

{{{{ signer }}}}\\
{{{{ business }}}}
"""


def meant(wordings: Wordings, name: str) -> Wording | BrokenWording:
    """Return the wording called ``name``: OCCASION/LANGUAGE/NAME, or a clear end of that.

    Raises:
        NotUnderstood: there is none, or several; the mend names near ones.
    """
    names = [each.name for each in wordings.all()]
    found = [each for each in names if each == name] or [
        each for each in names if each.endswith(f"/{name}")
    ]
    if len(found) == 1:
        return next(each for each in wordings.all() if each.name == found[0])
    ends = {each.rpartition("/")[2]: each for each in names}
    near = found or [ends[end] for end in get_close_matches(name, ends, n=3)]
    near = near or get_close_matches(name, names, n=3)
    raise NotUnderstood(
        f"{name!r} can be {len(found)} wordings" if found else f"there is no wording {name!r}",
        mend=f"did you mean {' or '.join(near[:3])}?" if near else "appreciation template list",
    )


def place(folder: Path, occasion: str, language: str, name: str, known: Iterable[str]) -> Path:
    """Return where the wording lies in the owner's ``folder``.

    Raises:
        NotUnderstood: there is no such occasion or language, or the name is none for a file.
    """
    from babel import Locale, UnknownLocaleError

    occasions = sorted(known)
    if occasion not in occasions:
        raise NotUnderstood(
            f"there is no occasion {occasion!r}", mend=f"write one of: {', '.join(occasions)}"
        )
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise NotUnderstood(
            f"{language!r} is no language", mend="write it like en, de or pt-BR"
        ) from error
    if not _NAME.fullmatch(name):
        raise NotUnderstood(f"{name!r} is no name for a file", mend="use letters and -")
    return folder / occasion / language / f"{name}.md"


def write_new(file: Path, text: str) -> None:
    """Write ``text`` to ``file``, which must not be there yet.

    Raises:
        AppreciationError: it is there, or cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise AppreciationError(
            f"there is a {file} already", mend="choose another name, or edit that file"
        ) from error
    except OSError as error:
        raise AppreciationError(
            f"{file} cannot be written: {error.strerror}", mend="make its folder yours"
        ) from error


def beginning(declared: Mapping[str, Mapping[str, Any]], variants: Iterable[str]) -> str:
    """Return what a new wording begins with: the words that it may use, and dots to fill."""
    dotted = [f"{about}.{word}" for about, known in declared.items() for word in known]
    choices = ", ".join(variants)
    return _NEW.format(
        words=", ".join(["call_name", "name", "facts", *dotted]),
        variant=f"# variant = ...              one of: {choices}\n" if choices else "",
    )
