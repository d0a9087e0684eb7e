"""What a person can put right. Imports nobody."""


class AppreciationError(Exception):
    """What is wrong, in one line, and in ``mend`` what to do about it.

    ``exit_code`` is what the command ends with: 1 failed, 2 not understood,
    3 something needs a look, 4 not set up, 5 busy.
    """

    exit_code = 1

    def __init__(self, wrong: str, *, mend: str = "") -> None:
        super().__init__(wrong)
        self.mend = mend


class NotUnderstood(AppreciationError):
    """A word, day, amount or address on the command line that cannot be read."""

    exit_code = 2


class NeedsALook(AppreciationError):
    """Something that only a person can decide: two customers of that name, say."""

    exit_code = 3


class NotSetUp(AppreciationError):
    """There is no settings file, or no store, or one of another version."""

    exit_code = 4


class StoreFailed(AppreciationError):
    """The database said no: a full disk, a file that is not ours to write, a lost server."""


class ConfigError(NotSetUp):
    """A settings file that cannot be read or breaks a rule."""


class Busy(AppreciationError):
    """Another process is doing this already."""

    exit_code = 5


class NoteBlocked(AppreciationError):
    """A note that cannot be written: a word is missing, a template is broken."""


class UnknownPlugin(NotSetUp):
    """A plugin that neither we nor any installed distribution has."""
