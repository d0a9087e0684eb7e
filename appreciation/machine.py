"""What machine this is, and whether a process of it still lives."""

import contextlib
import gc
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path


def boot_id() -> str:
    """Return what changes whenever the machine starts anew; empty where it does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def host() -> str:
    """Return the machine's own name."""
    return socket.gethostname()


def is_alive(process: int) -> bool:
    """Return whether a process with this id runs on this machine; True where nobody can tell."""
    if sys.platform == "win32":
        # There os.kill ends the process instead of asking.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def no_collecting() -> Iterator[None]:
    """Leave the garbage alone: among millions of small things, few in a circle, it takes long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
