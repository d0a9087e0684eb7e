"""setup.sh on machines that lack something, each played by a PATH of its own."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# The interpreter below the environment that runs the tests; typeshed does not know the name.
PYTHON = Path(getattr(sys, "_base_executable", sys.executable))
TOOLS = ("sh", "cat", "cksum", "dirname", "mkdir", "mv", "rm", "sed", "tail", "tr")

PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[dependency-groups]
dev = ["helper @ {helper}"]
"""

# Enough of a build backend to install a project without asking an index for another.
BACKEND = """\
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    info = "NAME-1.dist-info"
    with zipfile.ZipFile(f"{folder}/NAME-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("NAME.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: NAME\\nVersion: 1\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return "NAME-1-py3-none-any.whl"

build_editable = build_wheel
"""

# Debian without python3-venv: an environment is begun, then ensurepip is missing.
BREAKS_OFF = 'mkdir .venv; echo half >.venv/half; echo "ensurepip is not available" >&2; exit 1'
NO_ENSUREPIP = f"""case "$*" in "-m venv .venv" | "-m ensurepip") {BREAKS_OFF} ;; esac"""
NO_PIP = """case "$*" in "-m pip"*) echo "No module named pip" >&2; exit 1 ;; esac"""
TOO_OLD = """case "$*" in *"< (3, 11)"*) exit 1 ;; *version_info*) echo 3.9.2; exit ;; esac"""
KILLED_WHILE_INSTALLING = """case "$*" in *" install "*) kill -9 $PPID; exit 1 ;; esac
"""

# What uv does, as far as setup.sh asks for it, and ten times quicker than pip.
UV = f"""\
[ "$1" = venv ] && exec {PYTHON} -m venv --without-pip .venv
for word; do
    case "$word" in .) module=shop ;; *.txt) module=helper ;; *) continue ;; esac
    : >.venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/$module.py
done"""
UV_OFFLINE = UV.replace("for word", 'echo "error: no route" >&2; exit 2; for word')


@dataclass(frozen=True)
class Machine:
    """A checkout, and the few programs that this machine has."""

    checkout: Path
    programs: Path

    def has(self, name: str, script: str) -> None:
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def has_python(self, *flaws: str) -> None:
        self.has("python3", "\n".join([*flaws, f'exec {PYTHON} "$@"']))

    def set_up(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run setup.sh where nothing but ``programs`` is found and no index is asked."""
        home = {"PATH": str(self.programs), "HOME": str(self.programs), "PIP_NO_INDEX": "1"}
        return subprocess.run(
            ["sh", "setup.sh", *words],
            cwd=self.checkout,
            env=home | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def can_import(self, module: str) -> bool:
        python = self.checkout / ".venv/bin/python"
        return subprocess.run([python, "-c", f"import {module}"], check=False).returncode == 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with pip, but without uv and ensurepip."""
    pip = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False)
    if pip.returncode:
        pytest.skip(f"{PYTHON} has no pip to play these machines with")
    machine = Machine(tmp_path / "Rosa's checkout", tmp_path / "programs")
    machine.programs.mkdir()
    for tool in TOOLS:
        (machine.programs / tool).symlink_to(shutil.which(tool) or tool)
    machine.has_python(NO_ENSUREPIP)
    helper = machine.checkout / "helper"
    for name, folder in (("shop", machine.checkout), ("helper", helper)):
        folder.mkdir()
        (folder / "backend.py").write_text(BACKEND.replace("NAME", name))
        (folder / "pyproject.toml").write_text(PROJECT.format(helper=helper.as_uri()))
    shutil.copy(ROOT / "setup.sh", machine.checkout)
    return machine


@pytest.fixture
def quick(machine: Machine) -> Machine:
    """Return a machine with uv, for what is the same whoever installs."""
    machine.has("uv", UV)
    return machine


def test_without_ensurepip_the_half_made_environment_is_replaced(machine: Machine) -> None:
    done = machine.set_up()

    assert done.returncode == 0, done.stderr
    assert "made .venv (without pip, Python 3." in done.stderr
    assert not (machine.checkout / ".venv/half").exists()
    assert machine.can_import("shop, helper")


def test_a_plain_venv_is_taken_where_ensurepip_is_there(machine: Machine) -> None:
    if find_spec("ensurepip") is None:
        pytest.skip("this Python has no ensurepip (on Debian: apt install python3-venv)")
    machine.has_python()

    assert "made .venv (with venv," in machine.set_up("--no-dev").stderr
    assert machine.can_import("shop, pip")


def test_uv_is_taken_where_it_is_there(quick: Machine) -> None:
    quick.has_python(NO_PIP)

    assert "made .venv (with uv," in quick.set_up().stderr
    assert quick.can_import("shop, helper")


def test_pip_is_asked_where_uv_knows_no_way_out(machine: Machine) -> None:
    machine.has("uv", UV_OFFLINE)

    assert machine.set_up().returncode == 0
    assert machine.can_import("shop, helper")


def test_uv_without_a_way_out_and_a_system_without_pip_still_succeed(machine: Machine) -> None:
    if find_spec("ensurepip") is None:
        pytest.skip("this Python has no ensurepip (on Debian: apt install python3-venv)")
    machine.has("uv", UV_OFFLINE)
    machine.has_python(NO_PIP)

    assert machine.set_up().returncode == 0
    assert machine.can_import("shop, helper")


def test_a_second_run_finds_nothing_to_do(quick: Machine) -> None:
    quick.set_up()
    made = (quick.checkout / ".venv/stamp").stat()

    assert quick.set_up().stderr == ""
    assert quick.set_up("--no-dev").stderr == ""
    assert (quick.checkout / ".venv/stamp").stat() == made


def test_only_running_it_installs_no_tools(quick: Machine) -> None:
    quick.set_up("--no-dev")

    assert quick.can_import("shop")
    assert not quick.can_import("helper")


def test_the_tools_come_on_top_when_they_are_wanted(quick: Machine) -> None:
    quick.set_up("--no-dev")
    done = quick.set_up()

    assert "made" not in done.stderr
    assert quick.can_import("shop, helper")


def test_a_changed_project_is_installed_again(quick: Machine) -> None:
    quick.set_up()
    with (quick.checkout / "pyproject.toml").open("a") as project:
        project.write("# a new dependency, say\n")
    done = quick.set_up()

    assert "installing" in done.stderr
    assert "made" not in done.stderr


def test_a_moved_checkout_gets_a_new_environment(quick: Machine) -> None:
    quick.set_up()
    moved = Machine(quick.checkout.rename(quick.checkout.with_name("moved")), quick.programs)
    (moved.checkout / "helper/pyproject.toml").unlink()

    assert "made .venv" in moved.set_up("--no-dev").stderr
    assert moved.can_import("shop")


def test_an_environment_whose_python_is_gone_is_made_anew(quick: Machine) -> None:
    quick.set_up("--no-dev")
    python = quick.checkout / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")

    assert "made .venv" in quick.set_up("--no-dev").stderr
    assert quick.can_import("shop")


def test_a_setup_that_was_killed_is_begun_again(quick: Machine) -> None:
    quick.has("uv", KILLED_WHILE_INSTALLING + UV)
    assert quick.set_up().returncode < 0
    quick.has("uv", UV)

    assert "made .venv" in quick.set_up().stderr
    assert quick.can_import("shop, helper")


def test_an_update_that_was_killed_is_begun_again(quick: Machine) -> None:
    quick.set_up("--no-dev")
    quick.has("uv", KILLED_WHILE_INSTALLING + UV)
    assert quick.set_up().returncode < 0
    quick.has("uv", UV)

    assert "made .venv" in quick.set_up("--no-dev").stderr
    assert quick.can_import("shop")


def test_an_old_python_is_named_with_its_version(quick: Machine) -> None:
    quick.has_python(TOO_OLD)
    done = quick.set_up()

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: python3 is Python 3.9.2, and appreciation needs 3.11 or newer",
        " mend: name a newer one: PYTHON=/path/to/python3.11 ./setup.sh",
    ]


def test_a_newer_python_beside_the_old_one_is_found(quick: Machine) -> None:
    (quick.programs / "python3").rename(quick.programs / "python3.12")
    quick.has_python(TOO_OLD)

    assert "made .venv" in quick.set_up("--no-dev").stderr


def test_the_python_that_is_asked_for_is_taken(quick: Machine) -> None:
    mine = quick.programs / "my python"
    (quick.programs / "python3").rename(mine)
    done = quick.set_up("--no-dev", PYTHON=str(mine))

    assert "made .venv" in done.stderr
    # Once made, it need not be named again, and no other Python is needed.
    assert quick.set_up("--no-dev").stderr == ""


def test_a_python_that_is_not_there_is_named(quick: Machine) -> None:
    done = quick.set_up(PYTHON="python9")

    assert done.returncode == 1
    assert done.stderr.startswith("error: there is no working python9\n mend: ")


def test_a_machine_without_pip_and_ensurepip_hears_what_to_install(machine: Machine) -> None:
    machine.has_python(NO_ENSUREPIP, NO_PIP)
    done = machine.set_up()

    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        "error: no virtual environment could be made",
        " mend: apt install python3-venv python3-pip, then ./setup.sh",
    ]
    assert "ensurepip is not available" in done.stderr
    assert not (machine.checkout / ".venv").exists()


def test_a_dependency_that_cannot_be_had_leaves_no_finished_environment(machine: Machine) -> None:
    shutil.rmtree(machine.checkout / "helper")
    done = machine.set_up()

    assert done.returncode == 1
    assert "error: the dependencies could not be installed\n mend: " in done.stderr
    assert not (machine.checkout / ".venv/stamp").exists()


def test_a_word_that_setup_does_not_know_is_repeated(machine: Machine) -> None:
    done = machine.set_up("--nodev")

    assert done.returncode == 1
    assert "error: setup.sh does not know '--nodev'" in done.stderr
    assert not (machine.checkout / ".venv").exists()
