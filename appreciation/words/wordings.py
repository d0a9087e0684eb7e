"""All the ways to say it: the owner's wordings first, ours behind them."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from appreciation.errors import NoteBlocked
from appreciation.words.greetings import FORMALITIES
from appreciation.words.proofreading import Fault, proofread
from appreciation.words.rendering import Letter, is_blank, value_of
from appreciation.words.wording import BrokenWording, Unreadable, Wording, read

__all__ = ["BrokenWording", "Fault", "Wording", "Wordings", "choose"]

_DEPTH = 3
_TEXTS = frozenset({".md", ".markdown", ".txt"})


class Wordings:
    """The wordings in ``folders``: found at once, read when their language is asked for, kept.

    A file in an earlier folder stands in for the file of the same place in a
    later one. A folder that does not exist holds nothing. ``as_of`` is
    :meth:`changed_at` as it was just before reading: read them anew once it moves.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        # Asked before reading: an edit made meanwhile is newer than this.
        self.as_of = self.changed_at()
        self._paths = dict(sorted(_files(folders).items()))
        self._known: dict[str, Wording | BrokenWording] = {}
        self._letters: dict[str, Letter] = {}
        self._places: dict[str, list[Wording]] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def all(self) -> list[Wording | BrokenWording]:
        """Return every wording, the broken and the switched off too, by name."""
        return [self._wording(name) for name in self._paths]

    def languages(self) -> list[str]:
        """Return the languages in which there is any wording."""
        return sorted({name.split("/")[1] for name in self._paths if name.count("/") == _DEPTH - 1})

    def variants(self, occasion: str, language: str) -> set[str]:
        """Return which variants there are wordings for in ``language`` itself."""
        spoken, found = self._spoken(occasion, language)
        return {each.variant for each in found} if spoken == language else set()

    def eligible(
        self,
        occasion: str,
        language: str,
        belated: bool,  # noqa: FBT001 one of the note's five words, like the others
        variant: str,
        words: Mapping[str, Any],
        *,
        formality: str = "informal",
        number: str = "singular",
    ) -> list[Wording]:
        """Return the wordings that can be written with ``words``, by name; never none.

        A language without a single wording for the occasion falls back to
        English; one that lacks only this kind does not: a letter half in one
        language would be worse than a blocked one. Who may be called du gets
        Sie where there is nothing else, never the other way round: too formal
        is forgiven.

        Raises:
            NoteBlocked: there is none of this kind, or each lacks a word.
        """
        kind = self._of_kind(occasion, language, belated, variant, formality, number)
        written = [w for w in kind if not _missing(w, words)]
        if not written:
            raise _words_missing(kind, words)
        return written

    def render(self, wording: Wording, words: Mapping[str, Any]) -> tuple[str, str]:
        """Return subject and Markdown body of ``wording``, written with ``words``.

        Raises:
            NoteBlocked: a word is missing; its name, the file and the line.
        """
        return self._letters[wording.name].write(words)

    def changed_at(self) -> float:
        """Return when anything in the folders last changed, in seconds since 1970.

        A file taken away counts: its folder changed.
        """
        return max((_touched_at(folder) for folder in self._folders), default=0.0)

    def check(
        self, declared: Mapping[str, Mapping[str, Any]], *, within: Path | None = None
    ) -> list[Fault]:
        """Return everything that is wrong with the wordings, by file and line.

        ``declared`` gives for each occasion the words it has, each with a
        sample; the words that every note has need not be among them. Only the
        files ``within`` a folder, where one is given.
        """
        faults: list[Fault] = []
        paths = self._paths.items()
        asked = [name for name, path in paths if within is None or path.is_relative_to(within)]
        for wording in map(self._wording, asked):
            if isinstance(wording, BrokenWording):
                faults.append(Fault(wording.path, wording.line, wording.wrong))
            elif not wording.off:
                faults += proofread(wording, self._letters[wording.name], declared)
        return faults

    def untranslated(self, variants: Mapping[str, Sequence[str]]) -> list[Fault]:
        """Return which notes could not be written in a language that has some wordings.

        ``variants`` gives for each occasion those that it asks for; none is any.
        """
        faults = []
        for occasion, kinds in variants.items():
            for language in self.languages():
                asked = product(kinds or [""], (False, True), FORMALITIES, ("singular", "plural"))
                for kind, belated, formality, number in asked:
                    wrong = self._lack(occasion, language, kind, formality, number, belated=belated)
                    if wrong:
                        place = self._folders[0] / occasion / language
                        faults.append(Fault(place, 1, wrong))
        return list(dict.fromkeys(faults))

    def _lack(
        self,
        occasion: str,
        language: str,
        variant: str,
        formality: str,
        number: str,
        *,
        belated: bool,
    ) -> str | None:
        """Return that there is no such wording, in words, or None where there is one."""
        if self.spoken(occasion, language) != language:
            return f"there is no wording in {language!r} for {occasion} notes"
        try:
            self._of_kind(occasion, language, belated, variant, formality, number)
        except NoteBlocked as error:
            return str(error)
        return None

    def _of_kind(
        self,
        occasion: str,
        language: str,
        belated: bool,  # noqa: FBT001 as in eligible
        variant: str,
        formality: str,
        number: str,
    ) -> list[Wording]:
        spoken, found = self._spoken(occasion, language)
        kind = [
            w
            for w in found
            if w.suits(belated=belated) and w.variant in {"", variant} and w.number in {"", number}
        ]
        suits = [w for w in kind if w.formality in {"", formality}]
        if formality == "informal":
            suits = suits or kind
        if not suits:
            manner = formality if kind else number if number == "plural" and found else ""
            raise _no_wording(occasion, spoken, variant, manner, belated=belated)
        return suits

    def _wording(self, name: str) -> Wording | BrokenWording:
        if name not in self._known:
            self._known[name] = self._read(self._paths[name], name)
        return self._known[name]

    def _read(self, path: Path, name: str) -> Wording | BrokenWording:
        if path.suffix != ".md" or name.count("/") != _DEPTH - 1:
            wrong = "does not lie where a wording does: OCCASION/LANGUAGE/WORDING.md"
            return BrokenWording(name, path, 1, wrong)
        try:
            wording = read(path, name)
            letter = self._letters[name] = Letter(wording)
        except Unreadable as error:
            return BrokenWording(name, path, error.line, error.wrong)
        unasked = (use.word for use in letter.uses if not use.guarded)
        return replace(wording, needs=tuple(dict.fromkeys([*wording.needs, *unasked])))

    def spoken(self, occasion: str, language: str) -> str:
        """Return in which language we can write: de-AT, else de, else en."""
        return self._spoken(occasion, language)[0]

    def _spoken(self, occasion: str, language: str) -> tuple[str, list[Wording]]:
        for spoken in (language, language.partition("-")[0], "en"):
            if found := self._in(f"{occasion}/{spoken}/"):
                return spoken, found
        return language, []

    def _in(self, place: str) -> list[Wording]:
        """Return the wordings of one occasion and language that are in use."""
        if place not in self._places:
            here = [self._wording(name) for name in self._paths if name.startswith(place)]
            self._places[place] = [w for w in here if isinstance(w, Wording) and not w.off]
        return self._places[place]


def choose(eligible: Sequence[Wording], used: Sequence[str], seed: int) -> Wording:
    """Return the wording for a customer who had those in ``used``, oldest first.

    One they never had, if there is one, where ``seed`` decides which; else
    the one that they had longest ago.
    """
    fresh = [wording for wording in eligible if wording.name not in used]
    if fresh:
        return fresh[seed % len(fresh)]
    last = {name: turn for turn, name in enumerate(used)}
    return min(eligible, key=lambda wording: last[wording.name])


def _files(folders: Sequence[Path]) -> dict[str, Path]:
    """Return the file of each wording by its name, the first folder's first."""
    files: dict[str, Path] = {}
    for folder in folders:
        for path in folder.rglob("*"):
            place = path.relative_to(folder)
            is_hidden = any(part.startswith(".") for part in place.parts)
            if path.suffix in _TEXTS and path.stem != "README" and not is_hidden:
                files.setdefault(place.with_suffix("").as_posix(), path)
    return files


def _touched_at(folder: Path) -> float:
    """Return when a folder, or anything in it, was touched last; asked before each round."""
    touched_at = 0.0
    # A file that an editor is just replacing is gone for a moment; its folder tells when.
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        touched_at = folder.stat().st_mtime
        with os.scandir(folder) as found:
            for each in found:
                is_folder = each.is_dir(follow_symlinks=False)
                touched_at = max(touched_at, _touched_at(Path(each)) if is_folder else _stamp(each))
    return touched_at


def _stamp(file: os.DirEntry[str]) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _missing(wording: Wording, words: Mapping[str, Any]) -> list[str]:
    return [word for word in wording.needs if is_blank(value_of(words, word))]


def _words_missing(kind: Sequence[Wording], words: Mapping[str, Any]) -> NoteBlocked:
    nearest = min(kind, key=lambda wording: len(_missing(wording, words)))
    missing = ", ".join(_missing(nearest, words))
    return NoteBlocked(
        f"none of {len(kind)} wordings can be written: {nearest.name} lacks {missing}",
        mend=f"fill in {missing}, or write a wording that does without",
    )


def _no_wording(
    occasion: str, language: str, variant: str, manner: str = "", *, belated: bool
) -> NoteBlocked:
    said = (manner, "belated" if belated else "", variant, occasion)
    kind = " ".join(word for word in said if word)
    return NoteBlocked(
        f"there is no wording in {language!r} for a {kind} note",
        mend=f"write one: templates/{occasion}/{language}/NAME.md",
    )
