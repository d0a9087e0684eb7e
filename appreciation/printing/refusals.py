"""Why a batch does not print."""

from appreciation.errors import AppreciationError


class NotPrinted(AppreciationError):
    """A batch of which nothing was released."""


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
