"""Living under systemd: telling it that we are well, and the unit that it starts us by."""

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from appreciation.errors import AppreciationError

CREDENTIAL = "smtp-password"

UNIT = """\
# Written by "appreciation service"; see docs/running-as-a-service.md.
[Unit]
Description=Personal notes to customers, once and on time
{after}
[Service]
Type=notify
WorkingDirectory={folder}
ExecStart={command}
{who}{password}
# Settings that cannot be read (4) or words not understood (2) do not mend by trying again.
Restart=on-failure
RestartSec=30
RestartPreventExitStatus=2 4
WatchdogSec={watchdog}
# Only the main process is asked to stop: what it has in hand it finishes.
KillMode=mixed
TimeoutStopSec=120
# Customers' addresses are nobody else's business, not even in a crash.
UMask=0077
LimitCORE=0

NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
{walls}
[Install]
WantedBy={target}
"""

# A user's own manager may not mount anything, so only the system's can build these.
WALLS = """\

ProtectSystem=strict
ProtectHome={home}
ReadWritePaths={writable}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
CapabilityBoundingSet=
RemoveIPC=yes
"""

HOMES = (Path("/home"), Path("/root"), Path("/run/user"))


def notify(words: str) -> bool:
    """Tell the service manager ``words``, "READY=1" say; return whether it took them.

    Without a manager nothing happens, and a manager that is gone is no reason
    to stop: this never raises.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):  # no manager, or Windows
        return False
    if address.startswith("@"):  # Linux's abstract names begin with a zero byte
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            # A manager that does not read must not hold up the notes.
            line.settimeout(1)
            line.sendto(words.encode(errors="replace"), address)
    except OSError:
        return False
    return True


def watchdog_interval() -> float | None:
    """Return after how many seconds to send "WATCHDOG=1", or None if nobody waits for it.

    It is half the time after which the manager takes us for dead.
    """
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        microseconds = int(os.environ["WATCHDOG_USEC"])
    except (KeyError, ValueError):
        return None
    return microseconds / 2_000_000 if microseconds > 0 else None


def unit(
    command: Sequence[str],
    *,
    user: bool,
    folder: Path,
    password_file: Path | None = None,
    account: str | None = None,
    writable: Sequence[Path] = (),
    watchdog_seconds: int = 120,
    python: Path = Path(sys.base_prefix),
) -> str:
    """Return the text of a unit that runs ``command`` in ``folder``.

    ``command`` begins with the program's absolute path. ``user`` is for the
    manager of one person, else it is for the machine's, where the program runs
    as ``account``, or as whoever owns ``folder``. There it can write to
    ``folder`` and to ``writable`` only. ``python`` is what it must be able to
    read besides. ``password_file`` is read by the manager and handed over as a
    credential; the program itself needs no right to it.

    Raises:
        AppreciationError: a path is not absolute, or is one that no unit can hold.
    """
    program = Path(command[0])
    shop = [folder, *writable]
    for path in (program, *shop, *([password_file] if password_file else [])):
        _check(path)
    at_home = any(
        place.is_relative_to(home) for place in (*shop, program, python) for home in HOMES
    )
    walls = WALLS.format(
        home="read-only" if at_home else "yes",
        writable=" ".join(_word(str(path)) for path in shop),
    )
    return UNIT.format(
        after="" if user else "Wants=network-online.target\nAfter=network-online.target\n",
        folder=_plain(folder),
        # The colon keeps "$" in a path from being read as a variable.
        command=":" + " ".join(map(_word, _startable(command))),
        who="" if user else f"User={account or _owner(folder)}\n",
        password=_credential(password_file) if password_file else "",
        watchdog=watchdog_seconds,
        walls="" if user else walls,
        target="default.target" if user else "multi-user.target",
    )


def _credential(file: Path) -> str:
    variable = "APPRECIATION_DELIVERY__SMTP__PASSWORD_FILE"
    return f"LoadCredential={CREDENTIAL}:{_plain(file)}\nEnvironment={variable}=%d/{CREDENTIAL}\n"


def _startable(command: Sequence[str]) -> Sequence[str]:
    """Return ``command``, by way of a shell if systemd would refuse the program's name."""
    if any(mark in command[0] for mark in "'\"\\"):
        return ["/bin/sh", "-c", 'exec "$0" "$@"', *command]
    return command


def _owner(folder: Path) -> str:
    try:
        return folder.owner()
    except KeyError:  # an owner without a name, as in many containers
        return str(folder.stat().st_uid)
    except OSError as error:
        raise AppreciationError(
            f"there is no folder {folder}", mend="run: appreciation init, in the shop's folder"
        ) from error


def _check(path: Path) -> None:
    if not path.is_absolute():
        raise AppreciationError(f"{path} does not begin with /", mend="give the whole path")
    # A unit's line ends with the line, and a backslash there would join it to the next.
    if not str(path).isprintable() or str(path).endswith(("\\", " ")):
        raise AppreciationError(
            f"a service cannot be run from a path such as {str(path)!r}",
            mend="give the folder a plain name",
        )


def _plain(path: Path) -> str:
    """Return ``path`` for a setting that takes the rest of its line, quotes and all."""
    return str(path).replace("%", "%%")


def _word(text: str) -> str:
    """Return ``text`` as one word of a setting that takes several."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{quoted}"'
