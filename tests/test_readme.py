import re
import shlex
import tomllib
from pathlib import Path

import pytest

from appreciation import stages
from appreciation.cli import main
from appreciation.config.reading import parse
from tests.conftest import StillClock

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_session_prints_what_the_readme_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    (session,) = _blocks("console")
    typed = re.compile(r"^\$ appreciation (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
    for command, shown in typed.findall(session):
        assert main(shlex.split(command), StillClock()) == 0
        said = capsys.readouterr().out.replace(str(tmp_path), "/home/rosa/bakery")
        assert said == shown, command


def test_the_settings_that_the_readme_shows_are_settings() -> None:
    settings = parse(tomllib.loads(_blocks("toml")[0]), ROOT / "README.md")

    assert settings.delivery.email == "smtp"


def test_how_it_flows_is_told_in_the_same_words_everywhere() -> None:
    lines = [
        line for line in (stages.__doc__ or "").splitlines() if line.startswith(stages.IN_ORDER)
    ]

    assert [line.split()[0] for line in lines] == list(stages.IN_ORDER)
    assert "\n".join(lines) in README


def test_every_file_that_the_readme_links_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_command_in_the_readme_exists(capsys: pytest.CaptureFixture[str]) -> None:
    typed = re.findall(r"`appreciation ([a-z]+(?: [a-z]+)?)", README)
    for words in sorted({words for words in typed if words}):
        known = words.split()
        if known[0] in {
            "run",
            "bounces",
            "doctor",
            "status",
            "upcoming",
            "why",
            "simulate",
            "init",
            "demo",
            "migrate",
            "import",
            "export",
        }:
            known = known[:1]
        assert main([*known, "--help"]) == 0, words
        assert "Usage: appreciation" in capsys.readouterr().out


def test_the_keys_of_json_that_are_documented_are_the_ones_in_the_contract() -> None:
    from tests import (
        test_cli,
        test_digest,
        test_importing_at_the_desk,
        test_simulate,
        test_valuing,
        test_why,
    )

    told = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    for keys in (
        test_cli.CUSTOMER,
        test_cli.NOTE,
        test_cli.UPCOMING,
        test_cli.COUNTS,
        test_cli.BOUNCES,
        test_cli.RETURNED,
        test_simulate.SIMULATED,
        test_simulate.COUNTS,
        test_why.WHY,
        test_why.DAY,
        test_why.ANSWER,
        test_why.EXPLAINED,
        test_digest.SHOWN,
        test_digest.PART,
        test_digest.NAMED,
        test_valuing.VALUE_KEYS,
        test_valuing.MODEL_KEYS,
        test_valuing.LIFE_EVENT_KEYS,
        test_importing_at_the_desk.REPORT,
        test_importing_at_the_desk.IMPORT,
    ):
        assert f"`{' '.join(keys)}`" in told
