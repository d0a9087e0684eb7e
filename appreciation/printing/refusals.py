"""Why a batch does not print."""

from collections.abc import Mapping
from types import MappingProxyType

from appreciation.errors import AppreciationError


class NotPrinted(AppreciationError):
    """A batch of which nothing was released.

    ``faults`` tells, by code, which pieces are to blame, and why; without
    them the others could be printed.
    """

    faults: Mapping[str, str] = MappingProxyType({})


class TooLong(NotPrinted):
    """A text or an address that does not fit its paper, however small we may set it."""


class NoGlyph(NotPrinted):
    """A letter that no typeface here can draw."""


class Unprintable(NotPrinted):
    """A piece without an address, or with a kind of text that we cannot set."""


class FolderTaken(NotPrinted):
    """The folder a batch was to go into is there already."""


class Mismatch(NotPrinted):
    """The sheets, read back, do not belong together. A mistake of ours, never of the owner."""


class NoPicture(NotPrinted):
    """A picture that is missing, or that may not be printed."""
