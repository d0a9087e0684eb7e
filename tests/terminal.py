"""A person's terminal: what a test types, and what comes back."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from appreciation.cli import main


@dataclass
class Terminal:
    """A person's terminal in an empty folder: types words, reads what comes back."""

    capsys: pytest.CaptureFixture[str]
    clock: Any

    def __call__(self, words: str, *more: str, expect: int = 0) -> str:
        """Type a command; return what came to stdout."""
        out, err, status = self.all(words, *more)
        assert status == expect, err
        return out

    def all(self, words: str, *more: str) -> tuple[str, str, int]:
        self.capsys.readouterr()
        status = main([*words.split(), *more], self.clock)
        out, err = self.capsys.readouterr()
        return out, err, status

    def json(self, words: str, *more: str) -> Any:
        return json.loads(self(words, *more, "--json"))

    def refused(self, words: str, *more: str, status: int) -> tuple[str, str]:
        """Type what is wrong; return the line that says so and the line that mends it."""
        out, err, left = self.all(words, *more)
        assert (out, left) == ("", status)
        wrong, mend = err.splitlines()
        return wrong.removeprefix("error: "), mend.removeprefix(" mend: ")
