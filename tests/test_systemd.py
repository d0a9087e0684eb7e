"""What we say to systemd, heard at a real socket, and our unit, read by the real systemd."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from appreciation import systemd
from appreciation.errors import AppreciationError

ODD = '100%d of $HOME\'s "best" \\x20 cakes'


@pytest.fixture(params=["a path", "an abstract name"])
def manager(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """Return the manager's end of the line, which ``notify`` is told to speak into."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.settimeout(5)
        if request.param == "a path":
            path = request.getfixturevalue("tmp_path") / "notify"
            ear.bind(str(path))
            monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        else:
            ear.bind("")  # Linux then picks a free abstract name
            monkeypatch.setenv("NOTIFY_SOCKET", "@" + ear.getsockname()[1:].decode())
        yield ear


def test_the_manager_hears_what_we_say(manager: socket.socket) -> None:
    assert systemd.notify("READY=1\nSTATUS=3 notes wait for Zoë")
    assert manager.recv(100).decode() == "READY=1\nSTATUS=3 notes wait for Zoë"


@pytest.mark.parametrize(
    "address", [None, "", "relative", "vsock:2:1", "/nowhere/notify", "@" + "x" * 200]
)
def test_a_manager_that_is_not_there_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)

    assert not systemd.notify("READY=1")


def test_a_manager_that_is_gone_is_no_trouble(manager: socket.socket) -> None:
    manager.close()

    assert not systemd.notify("READY=1")


@pytest.mark.usefixtures("manager")
def test_a_manager_that_does_not_listen_holds_nothing_up() -> None:
    assert not all(systemd.notify("WATCHDOG=1") for _ in range(10_000))


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        ("120000000", None, 60),
        ("1500000", "ours", 0.75),
        ("120000000", "1", None),  # meant for another process: a shell's, say
        ("0", None, None),
        ("-5", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
)
def test_the_watchdog_is_fed_twice_in_its_time(
    monkeypatch: pytest.MonkeyPatch, usec: str | None, pid: str | None, seconds: float | None
) -> None:
    pid = str(os.getpid()) if pid == "ours" else pid
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", pid)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)

    assert systemd.watchdog_interval() == seconds


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    """Return a shop's folder with a program in it, where no character is harmless."""
    folder = tmp_path / ODD
    folder.mkdir()
    program(folder)
    return folder


def program(folder: Path) -> Path:
    file = folder / "appreciation"
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def verified(text: str, folder: Path, *, user: bool) -> str:
    """Return what systemd has to say against the unit ``text``; nothing is good."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here to read the unit")
    file = folder / "appreciation.service"
    file.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "--user" if user else "--system", "verify", file],
        # A user's manager has a folder at run time; "verify" only wants to know its name.
        env=os.environ | {"XDG_RUNTIME_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr or ("" if done.returncode == 0 else f"exit status {done.returncode}")


@pytest.mark.parametrize("user", [True, False])
@pytest.mark.parametrize("password", [True, False])
@pytest.mark.parametrize("name", ["bakery", "100%d of $HOME", ODD])
def test_systemd_accepts_the_unit_whatever_the_folder_is_called(
    tmp_path: Path, name: str, *, user: bool, password: bool
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    text = systemd.unit(
        [str(program(folder)), "--config", str(folder / "config.toml"), "run"],
        user=user,
        folder=folder,
        password_file=folder / "smtp-password" if password else None,
    )

    assert verified(text, tmp_path, user=user) == ""


@pytest.mark.parametrize("user", [True, False])
def test_systemd_looks_for_the_very_program_we_mean(tmp_path: Path, *, user: bool) -> None:
    folder = tmp_path / "100%d of $HOME"
    text = systemd.unit(
        [str(folder / "appreciation"), "run"], user=user, folder=folder, account="rosa"
    )

    assert f"Command {folder}/appreciation is not executable" in verified(text, tmp_path, user=user)


def settings(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] != "#")


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("/opt/bin/appreciation", ':"/opt/bin/appreciation" "run"'),
        ("/opt/100% of $HOME", ':"/opt/100%% of $HOME" "run"'),
        # systemd refuses a program with a quote in its name, so a shell starts it.
        ("/opt/rosa's", ':"/bin/sh" "-c" "exec \\"$0\\" \\"$@\\"" "/opt/rosa\'s" "run"'),
    ],
)
def test_every_word_reaches_the_program_as_it_was(program: str, line: str) -> None:
    text = systemd.unit([program, "run"], user=True, folder=Path("/srv/bakery"))

    assert settings(text)["ExecStart"] == line


def test_the_machines_unit_runs_as_whoever_owns_the_shop(bakery: Path) -> None:
    command = [str(bakery / "appreciation"), "run"]

    assert settings(systemd.unit(command, user=False, folder=bakery))["User"] == bakery.owner()
    assert (
        settings(systemd.unit(command, user=False, folder=bakery, account="rosa"))["User"] == "rosa"
    )


@pytest.mark.parametrize(
    ("folder", "python", "home"),
    [
        ("/srv/bakery", "/usr", "yes"),
        ("/home/rosa/bakery", "/usr", "read-only"),
        ("/srv/bakery", "/home/rosa/.local/share/uv/python", "read-only"),
        ("/srv/bakery", "/root/pythons/3.12", "read-only"),
        ("/homestead/bakery", "/usr", "yes"),
    ],
)
def test_homes_are_hidden_unless_the_shop_or_python_lies_there(
    folder: str, python: str, home: str
) -> None:
    text = systemd.unit(
        ["/opt/appreciation/bin/appreciation", "run"],
        user=False,
        folder=Path(folder),
        account="rosa",
        python=Path(python),
    )

    assert settings(text)["ProtectHome"] == home


def test_only_the_shop_and_what_is_named_can_be_written_to() -> None:
    text = systemd.unit(
        ["/usr/bin/appreciation", "run"],
        user=False,
        folder=Path("/srv/a bakery"),
        account="rosa",
        writable=[Path("/srv/cards 100%")],
    )

    assert settings(text)["ProtectSystem"] == "strict"
    assert settings(text)["ReadWritePaths"] == '"/srv/a bakery" "/srv/cards 100%%"'


def test_the_password_is_handed_over_as_a_credential() -> None:
    text = systemd.unit(
        ["/usr/bin/appreciation", "run"],
        user=True,
        folder=Path("/srv/bakery"),
        password_file=Path("/etc/appreciation/100% secret"),
    )

    assert settings(text)["LoadCredential"] == "smtp-password:/etc/appreciation/100%% secret"
    assert "Environment=APPRECIATION_DELIVERY__SMTP__PASSWORD_FILE=%d/smtp-password" in text


@pytest.mark.parametrize(
    "folder", ["/srv/two\nlines", "/srv/ends in \\", "/srv/ends in ", "bakery"]
)
def test_a_path_that_no_unit_can_hold_is_told(folder: str) -> None:
    with pytest.raises(AppreciationError) as refused:
        systemd.unit(["/usr/bin/appreciation"], user=True, folder=Path(folder))

    assert refused.value.mend


def test_a_shop_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AppreciationError, match=f"there is no folder {tmp_path}/shop"):
        systemd.unit(["/usr/bin/appreciation"], user=False, folder=tmp_path / "shop")
