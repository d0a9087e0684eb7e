import re
from datetime import time
from pathlib import Path

import pytest

from appreciation.config import reading as config
from appreciation.config.sections import Config
from appreciation.errors import ConfigError
from tests.conftest import SETTINGS

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


def _load(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(file)


def test_the_example_is_exactly_the_defaults_but_for_the_business() -> None:
    example = config.load(EXAMPLE)

    assert example.model_dump(exclude={"business"}) == Config(business=example.business).model_dump(
        exclude={"business"}
    )


def test_the_example_shows_every_setting() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    shown = set(re.findall(r"^#? ?(\w+) = ", text, re.MULTILINE))
    known = {key.rpartition("__")[2] for key in config.keys(Config)}

    assert shown == known - {"password"}


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    settings = _load(tmp_path, SETTINGS)

    assert settings.resolve(Path("outbox")) == tmp_path / "outbox"
    assert settings.store_url == f"sqlite:///{tmp_path}/appreciation.db"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRECIATION_OCCASIONS__BIRTHDAY__APPROVE", "auto")
    monkeypatch.setenv("APPRECIATION_DELIVERY__SMTP__PASSWORD", "hush")

    settings = _load(tmp_path, SETTINGS)

    assert settings.occasions.birthday.approve == "auto"
    assert settings.delivery.smtp.password.get_secret_value() == "hush"
    assert "hush" not in repr(settings) + settings.model_dump_json()


def test_a_misspelt_name_in_the_environment_is_noticed() -> None:
    names = {"APPRECIATION_STOR__URL": "x", "APPRECIATION_CONFIG": "y", "HOME": "z"}

    assert config.unknown_environment(names) == {
        "APPRECIATION_STOR__URL": "APPRECIATION_STORE__URL"
    }


def test_a_plugins_settings_in_the_environment_are_its_own() -> None:
    assert config.unknown_environment({"APPRECIATION_DELIVERY__FAX__NUMBER": "3"}) == {}


@pytest.mark.parametrize(
    ("line", "told", "mend"),
    [
        ("[busines]\nname = 'x'", "there is no setting 'busines'", "did you mean 'business'?"),
        ("[occasions.birthday]\nsend = '1'", "no setting 'occasions.birthday.send'", "'send_at'"),
        ("[occasions.birthday]\nsend_at = '25:00'", "occasions.birthday.send_at: '25:00'", ""),
        ("[occasions.birthday]\nbelated_until = '3'", "'3' is no time in days", ""),
        ("[occasions.birthday]\nbelated_until = '0d'\non_time_until = '1d'", "lies before", ""),
        ("[occasions.birthday]\nahead = '361d'", "make 366 days: the note of one year would", ""),
        ("[occasions.anniversary]\ncooldown = '365d'", "keep each year's note from the next", ""),
        ("[occasions.order]\ncooldown = '99999999d'", "'99999999d' is longer than ten years", ""),
        ("[occasions.birthday]\non_time_until = '0d'", "at least 1d", ""),
        ("[occasions.milestone]\nat = [1, 10]", "milestone.at: 1 is no milestone", ""),
        ("[occasions.milestone]\nat = [10, 50, 10]", "10 stands there twice", ""),
        (
            "[occasions.own_day.days.new-year]\non = '02-30'",
            "own_day.days.new-year.on: '02-30' is no day of the year",
            "",
        ),
        ("[occasions.own_day.days.a]\non = '01-01'\nsince = 2999", "2999 is no year", ""),
        ("[occasions.own_day.days.a]\non = '01-01'\ncountries = ['XQ']", "no country 'XQ'", ""),
        ("[occasions.own_day.days.a]\non = '01-01'\nlanguages = ['qqq']", "no language", ""),
        ("[occasions.own_day.days.'new year']\non = '01-01'", "own_day.days.new year", ""),
        ("[occasions.own_day.days.a]\nno = '01-01'", "no setting 'occasions.own_day.days", ""),
        ("[delivery.smtp]\nport = 99999", "delivery.smtp.port: 99999", ""),
        ("[delivery.smtp]\npassword = 'x'", "does not belong into this file", "password_file"),
        ("[delivery.print]\nprint_day = 'someday'", "print_day: 'someday'", ""),
        ("[occasions.newyear]\nby = 'pigeon'", "occasions.newyear.by: 'pigeon'", ""),
        ("[occasions.birthday]\nsend_at = 9", "'9' is no time of day; write it like 09:00", ""),
        ("[occasions.birthday]\nsend_at = '09:00+02:00'", "'09:00+02:00' is no time of day", ""),
        ("[digest]\nat = 'noon'", "digest.at: 'noon' is no time of day", ""),
        ("[digest]\nto = 'me'", "digest.to: 'me' is no email address", "change digest.to,"),
        ("[post]\ntransit = {Peru = 9}", "post.transit.Peru: 'Peru' is no c", "post.transit.Peru,"),
        (
            "[tact]\nrank = ['quite']",
            "toml: tact.rank: no occasion is called",
            "see config.example",
        ),
        ("[store", "is not TOML", "config.example.toml"),
    ],
)
def test_a_broken_setting_is_named_with_its_value_and_the_mend(
    tmp_path: Path, line: str, told: str, mend: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        _load(tmp_path, f"{SETTINGS}\n{line}\n")

    assert told in str(refused.value)
    assert mend in refused.value.mend
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rosa@example.org", "rosa", "'rosa' is no email address"),
        ("Europe/Berlin", "Europe/Berln", "there is no time zone 'Europe/Berln'"),
        ('signer = "Rosa"', "", "business.signer is missing"),
        ('"DE"', '"Germany"', "business.country: 'Germany' is no country"),
        ('"Rosa"', '""', "business.signer"),
    ],
)
def test_a_business_that_cannot_be_is_refused(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        _load(tmp_path, SETTINGS.replace(old, new))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no") as refused:
        config.load(tmp_path / "none.toml")

    assert refused.value.mend == "appreciation init"


def test_a_folder_or_another_encoding_is_no_settings_file(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes("[business]\nname = 'Zoë'".encode("latin-1"))

    with pytest.raises(ConfigError, match="not UTF-8"):
        config.load(latin)
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


def test_an_hour_may_be_written_with_one_figure(tmp_path: Path) -> None:
    settings = _load(tmp_path, f"{SETTINGS}\n[occasions.order]\nsend_at = '9:30'\n")

    assert settings.occasions.order.send_at == time(9, 30)


def test_a_shorter_time_limit_alone_is_no_contradiction(tmp_path: Path) -> None:
    settings = _load(tmp_path, f"{SETTINGS}\n[occasions.order]\nbelated_until = '3d'\n")

    assert settings.occasions.order.on_time_days == 3


@pytest.mark.parametrize("name", ['Rosa\'s "Best" Bakery', "Zoë \\ Söhne", "山田"])
def test_what_init_writes_is_read_back(tmp_path: Path, name: str) -> None:
    business = {"name": name, "signer": "R", "email": "r@example.org", "timezone": "UTC"}
    business |= {"language": "en", "country": "", "address": "A 1\nB", "currency": "USD"}

    settings = _load(tmp_path, config.written(EXAMPLE.read_text(encoding="utf-8"), business))

    assert settings.business.name == name
    assert settings.business.address == "A 1\nB"


def test_the_settings_file_is_found_where_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    at_home = tmp_path / "home" / "appreciation" / "config.toml"

    assert config.find() == Path("config.toml")
    at_home.parent.mkdir(parents=True)
    at_home.touch()
    assert config.find() == at_home
    Path("config.toml").touch()
    assert config.find() == Path("config.toml")
    monkeypatch.setenv("APPRECIATION_CONFIG", "other.toml")
    assert config.find() == Path("other.toml")
    assert config.find(Path("given.toml")) == Path("given.toml")
