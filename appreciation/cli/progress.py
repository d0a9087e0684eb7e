"""How far something is, for somebody who waits at a terminal."""

import sys

# So wide is the bar.
_BAR = 40


class Bar:
    """A bar on stderr that grows; nothing where that is no terminal."""

    def __init__(self) -> None:
        self.shown = ""

    def __call__(self, done: float) -> None:
        """Show that this share of it is done, from 0 to 1."""
        if not sys.stderr.isatty():
            return
        share = min(done, 1)
        bar = f"{'━' * round(share * _BAR):<{_BAR}} {share:4.0%}"
        if bar != self.shown:
            print(f"\r{bar}", end="", file=sys.stderr, flush=True)
        self.shown = bar

    def end(self) -> None:
        """Leave the line."""
        if self.shown:
            print(file=sys.stderr)
            self.shown = ""
