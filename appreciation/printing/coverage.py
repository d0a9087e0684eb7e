"""Reads from a font file which letters it can draw: its ``cmap`` table."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SEGMENTS, GROUPS = 4, 12
UNICODE_PLATFORMS = {0, 3}


@cache
def code_points(file: Path) -> frozenset[int]:
    """Return the Unicode code points for which the font in ``file`` has a glyph.

    Of a collection only the first font is read: its fonts share one coverage.
    """
    data = file.read_bytes()
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    cmap = _table(data, start, b"cmap")
    points: set[int] = set()
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        form = struct.unpack_from(">H", data, cmap + offset)[0]
        if platform in UNICODE_PLATFORMS and form == SEGMENTS:
            points.update(_in_segments(data, cmap + offset))
        elif platform in UNICODE_PLATFORMS and form == GROUPS:
            points.update(_in_groups(data, cmap + offset))
    return frozenset(points)


def _table(data: bytes, start: int, tag: bytes) -> int:
    for number in range(struct.unpack_from(">H", data, start + 4)[0]):
        name, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
        if name == tag:
            return int(offset)
    raise ValueError(f"the font has no table {tag!r}")


def _in_segments(data: bytes, at: int) -> Iterator[int]:
    """Yield the code points of a format 4 subtable; inside a segment there may be gaps."""
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, firsts, deltas, offsets = (
        struct.unpack_from(f">{count}H", data, at + start)
        for start in (14, 16 + 2 * count, 16 + 4 * count, 16 + 6 * count)
    )
    for number, (first, end) in enumerate(zip(firsts, ends, strict=True)):
        for point in range(first, min(end, 0xFFFE) + 1):
            if offsets[number]:
                place = at + 16 + 6 * count + 2 * number + offsets[number] + 2 * (point - first)
                has_glyph = struct.unpack_from(">H", data, place)[0] != 0
            else:
                has_glyph = (point + deltas[number]) % 0x10000 != 0
            if has_glyph:
                yield point


def _in_groups(data: bytes, at: int) -> Iterator[int]:
    """Yield the code points of a format 12 subtable."""
    for number in range(struct.unpack_from(">I", data, at + 12)[0]):
        first, end, _ = struct.unpack_from(">III", data, at + 16 + 12 * number)
        yield from range(first, end + 1)
