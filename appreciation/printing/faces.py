"""The typefaces we print with, and which letters they lack."""

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from appreciation.errors import AppreciationError
from appreciation.printing.coverage import code_points

# The package that brings each face, and its file in there.
HANDS = {
    "Caveat": ("fontpkg_caveat", "Caveat[wght].ttf"),
    "Dancing Script": ("fontpkg_dancing_script", "DancingScript[wght].ttf"),
}
SANS = "Noto Sans"
SANS_FILE = ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf")

# In the order they are asked. A Japanese face behind all others, or it would
# set Greek and Cyrillic as wide as its own signs.
ON_THE_SYSTEM = {
    "NotoColorEmoji.ttf": "Noto Color Emoji",
    "seguiemj.ttf": "Segoe UI Emoji",
    "Apple Color Emoji.ttc": "Apple Color Emoji",
    "NotoSansArabic-Regular.ttf": "Noto Sans Arabic",
    "NotoSansHebrew-Regular.ttf": "Noto Sans Hebrew",
    "NotoSansDevanagari-Regular.ttf": "Noto Sans Devanagari",
    "NotoSansThai-Regular.ttf": "Noto Sans Thai",
    "NotoSansArmenian-Regular.ttf": "Noto Sans Armenian",
    "NotoSansGeorgian-Regular.ttf": "Noto Sans Georgian",
    "NotoSansBengali-Regular.ttf": "Noto Sans Bengali",
    "NotoSansTamil-Regular.ttf": "Noto Sans Tamil",
    "DejaVuSans.ttf": "DejaVu Sans",
    "segoeui.ttf": "Segoe UI",
    "Arial Unicode.ttf": "Arial Unicode MS",
    "NotoSansCJK-Regular.ttc": "Noto Sans CJK JP",
    "YuGothM.ttc": "Yu Gothic",
    "msyh.ttc": "Microsoft YaHei",
    "malgun.ttf": "Malgun Gothic",
    "Hiragino Sans GB.ttc": "Hiragino Sans GB",
    "AppleSDGothicNeo.ttc": "Apple SD Gothic Neo",
}


class UnknownFace(AppreciationError):
    """A handwriting face that we do not ship."""


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface under the name the typesetter knows it by."""

    family: str
    file: Path

    def has(self, letter: str) -> bool:
        """Tell whether ``letter`` can be drawn, if need be from a base and its marks."""
        known = code_points(self.file)
        return ord(letter) in known or (
            len(pieces := unicodedata.normalize("NFD", letter)) > 1
            and all(ord(piece) in known for piece in pieces)
        )


def our_faces(hand: str) -> list[Face]:
    """Return the handwriting called ``hand`` and the sans behind it.

    Raises:
        UnknownFace: we ship no such handwriting.
    """
    if hand not in HANDS:
        near = get_close_matches(hand, HANDS, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownFace(
            f"no handwriting is called {hand!r}", mend=f"{meant}write one of: {', '.join(HANDS)}"
        )
    return [_packaged(hand, *HANDS[hand]), sans()]


def sans() -> Face:
    """Return the face for what no hand writes."""
    return _packaged(SANS, *SANS_FILE)


def other_hands(hand: str) -> list[Face]:
    """Return the handwritings that stand in where ``hand`` lacks a letter."""
    return [_packaged(family, *where) for family, where in HANDS.items() if family != hand]


def faces_for(letters: Iterable[str], hand: str) -> list[Face]:
    """Return our faces, and those of the system that draw what ours lack."""
    faces = our_faces(hand)
    lacking = missing(letters, faces)
    if not lacking:
        return faces
    for face in _system_faces():
        drawn = {letter for letter in lacking if face.has(letter)}
        if drawn:
            faces.append(face)
            lacking = [letter for letter in lacking if letter not in drawn]
    return faces


def missing(letters: Iterable[str], faces: Sequence[Face]) -> list[str]:
    """Return the letters that none of ``faces`` draws, each once, in order."""
    composed = unicodedata.normalize("NFC", "".join(letters))
    return [
        letter
        for letter in dict.fromkeys(composed)
        if not _leaves_no_ink(letter) and not any(face.has(letter) for face in faces)
    ]


def remedy(letter: str) -> str:
    """Return what to install so that ``letter`` can be printed, or nothing if unknown."""
    name = unicodedata.name(letter, "")
    if not name:
        return ""
    if name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL")):
        return "install the font Noto Sans CJK (the package fonts-noto-cjk)"
    if unicodedata.category(letter) == "So":
        return "install the font Noto Color Emoji (the package fonts-noto-color-emoji)"
    return "install the Noto Sans fonts (the package fonts-noto-core)"


def _packaged(family: str, package: str, file: str) -> Face:
    with as_file(files(package) / "files" / file) as path:
        return Face(family, path)


def _leaves_no_ink(letter: str) -> bool:
    selects_a_variant = ord(letter) in range(0xFE00, 0xFE10)
    return selects_a_variant or unicodedata.category(letter) in {"Cf", "Zs", "Zl", "Zp"}


@cache
def _system_faces() -> tuple[Face, ...]:
    found: dict[str, Path] = {}
    for folder in _system_folders():
        for place, _, names in os.walk(folder):
            for name in ON_THE_SYSTEM.keys() & set(names):
                found.setdefault(name, Path(place) / name)
    return tuple(Face(ON_THE_SYSTEM[name], found[name]) for name in ON_THE_SYSTEM if name in found)


def _system_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    if sys.platform == "darwin":
        return [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    return [
        home / ".local/share/fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    ]
