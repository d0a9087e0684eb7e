"""The envelopes and labels of a batch: where an address stands, and how large."""

from collections.abc import Sequence

from appreciation.printing.cards import address_of
from appreciation.printing.faces import Faces
from appreciation.printing.grids import Place
from appreciation.printing.imposition import labels, single
from appreciation.printing.pieces import Look, Piece
from appreciation.printing.print_tree import long_words, tidy
from appreciation.printing.sheets import POINTS_PER_MM, Sheet
from appreciation.printing.stocks import Envelope, Labels

# Sorting machines read sans faces of 10 to 12 points.
ENVELOPE_STEPS = (1, 0.95, 0.91)
ADDRESS_POINTS = 11
# A label's edge stays free, so that a sheet that sits askew prints no line across two.
_LABEL_EDGE_MM = 3
_SMALLEST_POINTS = 8
_POINTS_OF_LINE = 1.3
_USUAL_LINES, _FEWEST_LINES = 4, 3


def address_zone(envelope: Envelope) -> Place:
    """Return where an address stands on ``envelope``.

    That is 17 to 69 mm above the lower edge, at least 15 mm from the right,
    and no wider than 100 mm: it satisfies the posts of Germany and of the
    United States, and leaves the strips free that their machines print on.
    """
    # Near the middle, but never so far right that an ordinary name breaks.
    left = min(0.47 * envelope.width, envelope.width - 100)
    right = max(15.0, envelope.width - left - 100)
    top = envelope.height - 69
    return Place(left, top, envelope.width - left - right, 52)


def envelope_sheet(pieces: Sequence[Piece], look: Look, faces: Faces, title: str) -> Sheet:
    """Return the envelopes: sender top left, the address where machines look for it."""
    envelope = look.envelope
    assert isinstance(envelope, Envelope)
    zone = address_zone(envelope)
    data = {
        "title": tidy(title),
        "paper": [envelope.width, envelope.height],
        "zone": _shape(zone),
        "sender": [tidy(line) for line in look.sender],
    }
    sides = single("envelope", len(pieces), envelope.width, envelope.height)
    ready = [_addressed(piece, faces, ADDRESS_POINTS, zone) for piece in pieces]
    return Sheet("envelope.typ", data, ready, faces.behind, sides, ENVELOPE_STEPS)


def label_zone(stock: Labels) -> Place:
    """Return where an address stands on a label, from the label's corner."""
    fewest = _FEWEST_LINES * _SMALLEST_POINTS * _POINTS_OF_LINE / POINTS_PER_MM
    above = max(0.5, min(_LABEL_EDGE_MM, (stock.height - fewest) / 2 - 0.1))
    edge = min(_LABEL_EDGE_MM, stock.width / 16)
    return Place(edge, above, stock.width - 2 * edge, stock.height - 2 * above)


def label_sheet(
    pieces: Sequence[Piece], stock: Labels, faces: Faces, title: str, start_at: int = 1
) -> Sheet:
    """Return the sheets of labels, the first label at place ``start_at``."""
    zone = label_zone(stock)
    room = zone.height * POINTS_PER_MM / _POINTS_OF_LINE / _USUAL_LINES
    points = round(max(_SMALLEST_POINTS, min(ADDRESS_POINTS, room)), 1)
    steps = [step for step in (1, 0.95, 0.9, 0.85, 0.8, 0.73) if points * step >= _SMALLEST_POINTS]
    paper = stock.grid.paper
    data = {"title": tidy(title), "paper": [paper.width, paper.height], "zone": _shape(zone)}
    sides = labels(len(pieces), stock.grid, start_at)
    ready = [_addressed(piece, faces, points, zone) for piece in pieces]
    return Sheet("envelope.typ", data, ready, faces.behind, sides, tuple(steps))


def _shape(zone: Place) -> dict[str, float]:
    return {"x": zone.x, "y": zone.y, "width": zone.width, "height": zone.height}


def _addressed(piece: Piece, faces: Faces, points: float, zone: Place) -> dict[str, object]:
    # As high as its lines are if none breaks: then it stands in the middle at once.
    high = points * (_POINTS_OF_LINE * (len(piece.address) - 1) + 1)
    return {
        "code": piece.code,
        "size": points,
        "scale": 1,
        "drop": {"address": round(max(0, zone.height * POINTS_PER_MM - high) / 2, 2)},
        "sans": [face.family for face in faces.behind],
        "long": {"address": long_words("\n".join(map(tidy, piece.address)))},
        **address_of(piece),
    }
