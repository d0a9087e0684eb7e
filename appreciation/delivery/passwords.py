"""A server's password: from the environment or from a file of its own, and in no message."""

import base64
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from appreciation.errors import AppreciationError


@dataclass(frozen=True, slots=True)
class Password:
    """What lets us in to a server; the environment's ``value`` wins over the ``file``."""

    value: SecretStr = SecretStr("")  # noqa: RUF009 - frozen
    file: Path | None = None

    def read(self) -> str:
        """Return the password, empty where none is set.

        Raises:
            AppreciationError: the file cannot be read.
        """
        if self.file is None or self.value.get_secret_value():
            return self.value.get_secret_value()
        try:
            return self.file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise AppreciationError(
                f"the password file {self.file} cannot be read",
                mend="write the password into it, and nothing else",
            ) from error

    def check(self) -> None:
        """Return where nobody but the owner can read the file.

        Raises:
            AppreciationError: everybody can, or nobody.
        """
        if self.file is None or self.value.get_secret_value():
            return
        self.read()
        if os.name == "posix" and self.file.stat().st_mode & stat.S_IROTH:
            raise AppreciationError(
                f"everybody on this machine can read the password in {self.file}",
                mend=f"chmod 600 {self.file}",
            )


def without_password(said: bytes | str, user: str, secret: str) -> bytes | str:
    """Return ``said``, or nothing where the server repeats the password, in whatever coat."""
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    coats = (f"\0{user}\0{secret}", secret)
    worn = (base64.b64encode(coat.encode()).decode() for coat in coats)
    return "" if secret and any(coat in told for coat in (secret, *worn)) else said
