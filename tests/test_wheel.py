"""What people install: the built wheel, in an environment and a folder of its own."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# The interpreter below the environment that runs the tests; typeshed does not know the name.
PYTHON = Path(getattr(sys, "_base_executable", sys.executable))


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run ``command`` as somebody would who has never seen the checkout."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        command,
        cwd=cwd,
        env=known | {"HOME": str(cwd), "XDG_CONFIG_HOME": str(cwd)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from the source archive, so that both must be whole."""
    if not (find_spec("build") and find_spec("hatchling")):
        pytest.skip("this environment lacks build or hatchling (./setup.sh installs both)")
    folder = tmp_path_factory.mktemp("dist")
    done = run(
        *(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT), cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command of a fresh environment that holds the wheel.

    Nothing is downloaded: the dependencies are seen through a path to the
    environment of the tests. An editable install there is not seen, because
    Python does not read the .pth files of a folder that a .pth file names.
    """
    home = tmp_path_factory.mktemp("installed")
    bin_ = home / ("Scripts" if os.name == "nt" else "bin")
    run(PYTHON, "-m", "venv", "--without-pip", home, cwd=home)
    install = ["install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    for installer in (
        [sys.executable, "-m", "pip", "--python", str(bin_ / "python"), *install],
        [str(PYTHON), "-m", "pip", "--python", str(bin_ / "python"), *install],
        ["uv", "pip", *install, "--python", str(bin_ / "python")],
    ):
        if shutil.which(installer[0]) and run(*installer, cwd=home).returncode == 0:
            break
    else:
        pytest.skip("there is neither pip nor uv here to install the wheel with")
    (packages,) = {path.parent for path in home.rglob("appreciation-*.dist-info")}
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return bin_ / "appreciation"


def test_what_an_owner_may_rewrite_lies_inside_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    rewritable = [ROOT / "config.example.toml"]
    for folder in ("templates", "migrations"):
        files = [file for file in (ROOT / folder).rglob("*") if file.is_file()]
        rewritable += [file for file in files if "__pycache__" not in file.parts]

    assert inside >= {f"appreciation/{file.relative_to(ROOT).as_posix()}" for file in rewritable}


def test_nothing_else_lies_inside_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        rooms = {name.split("/")[0] for name in archive.namelist()}
        licences = [name for name in archive.namelist() if name.endswith("/LICENSE")]

    assert {room.split("-")[0] for room in rooms} == {"appreciation"}
    assert len(licences) == 1


def test_the_installed_program_is_the_one_from_the_wheel(program: Path, tmp_path: Path) -> None:
    said = run(
        program.parent / "python", "-c", "import appreciation as a; print(a.__file__)", cwd=tmp_path
    )

    assert Path(said.stdout.strip()).is_relative_to(program.parent.parent)


def test_the_installed_program_says_what_it_can_do(program: Path, tmp_path: Path) -> None:
    said = run(program, "--help", cwd=tmp_path)

    assert said.returncode == 0, said.stderr
    assert "customer" in said.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_installed_program_knows_its_version(program: Path, tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["version"] in run(program, "--version", cwd=tmp_path).stdout
    as_module = run(program.parent / "python", "-m", "appreciation", "--version", cwd=tmp_path)
    assert project["version"] in as_module.stdout


def test_the_installed_demo_delivers_in_an_empty_folder(program: Path, tmp_path: Path) -> None:
    shown = run(program, "demo", cwd=tmp_path)

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert list(tmp_path.rglob("*.eml"))
    assert list(tmp_path.rglob("*.pdf"))
