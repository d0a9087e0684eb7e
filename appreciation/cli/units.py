"""The systemd unit of this shop: its text, and its place."""

import sys
from pathlib import Path

import typer

from appreciation import systemd
from appreciation.cli.opened import unchecked
from appreciation.errors import AppreciationError


def unit_of(context: typer.Context, *, user: bool) -> str:
    """Return the unit that runs the daemon with the settings of ``context``."""
    app = unchecked(context)
    config = app.config
    command = [_program(), "--config", str(config.path.resolve()), "run"]
    password_file = config.delivery.smtp.password_file
    folder = config.path.resolve().parent
    places = [
        config.resolve(config.delivery.outbox.folder),
        config.resolve(config.delivery.print.folder),
    ]
    if app.store.file:
        places.append(Path(app.store.file).parent)
    return systemd.unit(
        command,
        user=user,
        folder=folder,
        password_file=config.resolve(password_file).resolve() if password_file else None,
        writable=sorted(
            {
                place.resolve()
                for place in places
                if folder not in [place.resolve(), *place.resolve().parents]
            }
        ),
    )


def install_unit(context: typer.Context, *, user: bool) -> Path:
    """Write the unit where systemd finds it; return where.

    Raises:
        AppreciationError: the place cannot be written.
    """
    text = unit_of(context, user=user)
    folder = Path.home() / ".config/systemd/user" if user else Path("/etc/systemd/system")
    path = folder / "appreciation.service"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AppreciationError(
            f"{path} cannot be written: {error.strerror}",
            mend="appreciation service install --user, or run it as root",
        ) from error
    return path


def _program() -> str:
    beside = Path(sys.executable).with_name("appreciation")
    return str(beside) if beside.exists() else str(Path(sys.argv[0]).resolve())
