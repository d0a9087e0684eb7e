import mailbox
import os
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ON_SQLITE
from tests.returned_mails import POSTFIX, returned
from tests.terminal import Terminal

CUSTOMER = [
    "id",
    "name",
    "call_name",
    "envelope_name",
    "kind",
    "formality",
    "hand",
    "greeting",
    "doubts",
    "email",
    "address",
    "phone",
    "language",
    "timezone",
    "birthday",
    "leap_day",
    "facts",
    "suppressed",
    "email_consent",
    "post_consent",
    "opted_out",
    "holds",
]
NOTE = [
    "id",
    "customer_id",
    "customer",
    "occasion",
    "occurrence",
    "state",
    "backend",
    "due_at",
    "subject",
    "reason",
    "overruled",
]
BOUNCES = ["came_back", "delayed", "known", "not_ours", "notes"]
RETURNED = [
    "id",
    "customer_id",
    "customer",
    "recipient",
    "said",
    "status",
    "suppressed",
    "mend",
]
UPCOMING = [
    "customer_id",
    "customer",
    "occasion",
    "occurrence",
    "on",
    "due_at",
    "backend",
    "approve",
    "state",
    "held_back",
]
COUNTS = [
    "found",
    "drafted",
    "approved",
    "sent",
    "printed",
    "retried",
    "failed",
    "in_doubt",
    "skipped",
    "blocked",
]


def test_the_road_from_a_contact_to_a_delivered_note(shop_at: Terminal, tmp_path: Path) -> None:
    shop_at("customer add", "Zoë Müller", "--email", "zoe@example.org", "--birthday", "21 Nov")
    assert shop_at.json("run --once")["drafted"] == 1
    assert "Dear Zoë," in shop_at("note preview")
    shop_at("note approve 1")
    assert shop_at.json("run --once")["sent"] == 1

    (mail,) = (tmp_path / "outbox").glob("*.eml")
    read = message_from_bytes(mail.read_bytes(), policy=default)
    assert read["To"] == "Zoë Müller <zoe@example.org>"


def test_the_keys_of_a_customer_are_a_contract(shop_at: Terminal) -> None:
    words = ("--birthday", "1990-04-12", "--address", "Am Tor 3\\n10115 Berlin")
    added = shop_at.json("customer add", "Ada Lovelace", *words)
    shop_at("customer hold ada --why complaint --until 2027-01-10")
    shown = shop_at.json("customer show ada")

    assert list(added) == list(shown) == CUSTOMER
    assert [list(each) for each in shop_at.json("customer list")] == [CUSTOMER]
    assert (shown["call_name"], shown["birthday"]) == ("Ada", "1990-04-12")
    assert shown["holds"] == [{"why": "complaint", "until": "2027-01-10"}]
    assert (shown["language"], shown["timezone"]) == ("en", "Europe/Berlin")


def test_the_keys_of_a_note_are_a_contract(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    assert list(shop_at.json("run --once")) == COUNTS
    (listed,) = shop_at.json("note list")
    shown = shop_at.json("note show 1")

    assert list(listed) == NOTE
    assert list(shown) == [*NOTE, "body", "text", "html", "message_id", "attempts"]
    assert (listed["occasion"], listed["occurrence"]) == ("birthday", "2026")
    assert (listed["state"], listed["backend"]) == ("waiting", "outbox")
    assert listed["due_at"] == "2026-11-21T08:00:00Z"
    assert listed["reason"] == "birthday on November 21"


def test_the_keys_of_what_is_upcoming_are_a_contract(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("customer add Ben --email ben@example.org --birthday --12-01")
    shop_at("run --once")
    ada, ben = shop_at.json("upcoming --days 14")

    assert list(ada) == list(ben) == UPCOMING
    assert (ada["state"], ben["state"]) == ("waiting", "expected")
    assert (ben["on"], ben["approve"]) == ("2026-12-01", "ask")


def test_whoever_is_met_is_added_and_met_at_once(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --met", "trade fair")

    (meeting,) = shop_at.json("meeting list")
    assert (meeting["customer"], meeting["where"], meeting["on"]) == (
        "Ada",
        "trade fair",
        "2026-11-21",
    )


def test_each_event_is_listed_as_it_was_added(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org")
    shop_at("customer add Ben --email ben@example.org")
    order = shop_at.json("order add ada 12,50 --number 1042 --on yesterday --items", "two loaves")
    referral = shop_at.json("referral add ada ben")
    meeting = shop_at.json("meeting add ben --at", "the fair")
    date = shop_at.json("date add ada", "20 June", "--kind", "anniversary", "--whose", "parents")

    assert shop_at.json("order list") == [order]
    assert shop_at.json("referral list ada") == [referral]
    assert shop_at.json("meeting list ben") == [meeting]
    assert shop_at.json("date list") == [date]
    assert shop_at.json("order list ben") == []
    assert (order["total_cents"], order["currency"], order["on"]) == (1250, "EUR", "2026-11-20")
    assert (date["day"], date["whose"]) == ("--06-20", "parents")


def test_a_field_is_emptied_by_nothing_between_quotes(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --phone 123 --birthday --04-12")
    edited = shop_at.json("customer edit ada --phone", "", "--birthday", "")

    assert (edited["phone"], edited["birthday"]) == (None, None)


def test_opting_out_and_in_again(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    assert shop_at.json("customer edit ada --opted-out")["opted_out"]
    shop_at("run --once")
    (held,) = shop_at.json("note list")
    assert (held["state"], held["reason"]) == ("found", "opted out")
    assert not shop_at.json("customer edit ada --opted-in")["opted_out"]

    assert shop_at.json("run --once")["drafted"] == 1


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "more", "status", "told", "mend"),
    [
        ("customer show nobody", (), 1, "no customer is called 'nobody'", "customer list"),
        ("customer show a", (), 3, "'a' can be 2 customers", "1 (Ada)"),
        ("customer add X --birthday 31.02.1990", (), 2, "'31.02.1990' is no day", "1990-04-12"),
        ("customer add X --birthday 04/12", (), 2, "'04/12' can be two days", "Apr 12 or Dec 4"),
        ("customer add X --email ada@", (), 2, "'ada@' is no email address", "ada@example.org"),
        ("customer add X --timezone Mars", (), 2, "no time zone 'Mars'", "Europe"),
        ("customer add X --met-on 2027-01-01", (), 2, "yet to come", "happened"),
        ("customer add X --referred-by ghost", (), 1, "'ghost'", "customer list"),
        ("customer edit ada", (), 2, "nothing to change", "--help"),
        ("customer hold ada --why x --until 2020-01-01", (), 2, "has passed", "to come"),
        ("order add ada twelve", (), 2, "'twelve' is no amount of money", "12.50"),
        ("order add ada 1.234", (), 2, "'1.234' can be two amounts", "1234 or 1.23"),
        ("order add ada 5 --on someday", (), 2, "'someday' is no day", "2026-11-21"),
        ("order add ada 5 --on 2027-01-01", (), 2, "'2027-01-01' is yet to come", "happened"),
        ("order add ada 5 --currency EURO", (), 2, "'EURO'", "EUR"),
        ("referral add ada ada", (), 1, "Ada cannot have sent themselves", "two different"),
        ("note show 99", (), 1, "there is no note 99", "note list"),
        ("note list --state gone", (), 2, "'gone' is no state", "waiting"),
        ("note approve", (), 2, "--all", "note list"),
        ("batch posted 7", (), 1, "there is no batch 7", "batch list"),
        ("run --dry-run", (), 2, "a dry run ends at once", "run --once --dry-run"),
        ("nonsense", (), 2, "nonsense", "appreciation --help"),
        ("note show x", (), 2, "NOTE", "note show --help"),
        ("upcoming --days -1", (), 2, "days", "upcoming --help"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_mended_in_one(
    shop_at: Terminal, words: str, more: tuple[str, ...], status: int, told: str, mend: str
) -> None:
    shop_at("customer add Ada --email ada@example.org")
    shop_at("customer add Carla --email carla@example.org")
    wrong, how = shop_at.refused(words, *more, status=status)

    assert told in wrong
    assert mend in how
    assert len(shop_at.json("customer list")) == 2
    assert shop_at.json("order list") == shop_at.json("meeting list") == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("why ada --on 9999-12-31", "days are read from 1900 to 2199"),
        ("why ada --on 0001-01-01", "too far away"),
        ("simulate --from 9999-12-31", "too far away"),
        ("order add ada 5 --on 0201-11-20", "too far away"),
        ("customer hold ada --why x --until 9999-12-31", "too far away"),
        ("customer hold ada --why ??", "'??' is no reason"),
        ("date add ada 11-29 --kind wedding", "'11-29' is no day of the year"),
    ],
)
def test_a_day_beyond_every_calendar_and_a_reason_without_words_are_refused(
    shop_at: Terminal, words: str, told: str
) -> None:
    shop_at("customer add Ada --email ada@example.org")

    assert told in shop_at.refused(words, status=2)[0]


@pytest.mark.parametrize(
    "words", ["customer list", "run --once", "status", "note list", "upcoming", "template list"]
)
def test_before_anything_is_set_up_each_command_says_what_to_type(
    bare: Terminal, words: str
) -> None:
    wrong, mend = bare.refused(words, status=4)

    assert wrong == "there is no config.toml"
    assert mend == "appreciation init"


@ON_SQLITE
def test_what_cannot_leave_is_not_next_and_wants_no_other_address(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org")
    shop_at("customer add Kim --email kim@example.org --birthday 2015-11-24")
    shop_at("order add ada 5")
    shop_at("run --once")
    shop_at("note approve 2")
    shop_at("order refund 1")
    seen = shop_at.json("status")

    assert (seen["next"], seen["needs_a_person"]) == (None, {})
    assert "next:" not in shop_at.all("run --once")[1]


@ON_SQLITE
def test_a_store_that_is_gone_is_not_made_by_the_way(shop_at: Terminal, tmp_path: Path) -> None:
    (tmp_path / "appreciation.db").unlink()
    wrong, mend = shop_at.refused("run --once", status=4)

    assert "there is no store at" in wrong
    assert mend == "appreciation init"
    assert not (tmp_path / "appreciation.db").exists()


def test_init_overwrites_nothing(shop_at: Terminal, tmp_path: Path) -> None:
    shop_at("customer add Ada")
    before = (tmp_path / "config.toml").read_bytes()
    shop_at("init --name Other --signer O --email o@example.org --yes")

    assert (tmp_path / "config.toml").read_bytes() == before
    assert len(shop_at.json("customer list")) == 1


def test_init_without_a_terminal_names_the_flag_that_is_missing(
    bare: Terminal, tmp_path: Path
) -> None:
    wrong, _ = bare.refused("init --name X --signer Y", status=2)

    assert wrong == "--email is missing"
    assert list(tmp_path.iterdir()) == []


def test_init_with_a_wrong_answer_leaves_nothing_half_made(bare: Terminal, tmp_path: Path) -> None:
    wrong, _ = bare.refused("init --name X --signer Y --email no --yes", status=2)

    assert wrong.startswith("--email: 'no' is no email address")

    assert list(tmp_path.iterdir()) == []


def test_approving_all_shows_each_whole_text_and_asks(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")
    out, err, status = shop_at.all("note approve --all")
    assert status == 3
    assert "Dear Ada," in out
    assert "none approved" in err

    assert "Dear Ada," in shop_at("note approve --all --yes")
    assert shop_at.json("note list")[0]["state"] == "approved"


@ON_SQLITE
def test_a_note_is_edited_in_the_persons_own_editor(
    shop_at: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "s/^Dear Ada,/My dear Ada,/" "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    shop_at("note approve 1")
    shop_at("note edit 1")

    shown = shop_at.json("note show 1")
    assert shown["body"].startswith("My dear Ada,")
    assert shown["state"] == "waiting"


def test_a_dry_run_counts_and_changes_nothing(shop_at: Terminal, tmp_path: Path) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    counts = shop_at.json("run --once --dry-run")

    assert (counts["found"], counts["drafted"]) == (1, 1)
    assert shop_at.json("note list") == []
    assert not (tmp_path / "outbox").exists()


def test_cards_are_made_listed_and_posted(shop_at: Terminal, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    text = settings.read_text().replace('by = "email" ', 'by = "post" ')
    settings.write_text(text.replace('approve = "ask"  ', 'approve = "auto"  '))
    for name in ("Ada", "Ben"):
        address = ("--address", "Am Tor 3\\n10115 Berlin")
        shop_at(f"customer add {name} --birthday --11-24", *address)
    shop_at("run --once --dry-run")
    assert shop_at.json("run --once")["printed"] == 2
    (batch,) = shop_at.json("batch list")
    assert batch["cards"] == 2
    assert (Path(batch["folder"]) / "cards.pdf").exists()

    assert "1 card posted" in shop_at("batch posted 1 --except 2")
    assert [note["state"] for note in shop_at.json("note list")] == ["posted", "printed"]
    assert shop_at("batch make") == ""


@ON_SQLITE
def test_a_card_is_previewed_as_the_card_it_would_be(shop_at: Terminal, tmp_path: Path) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")
    shop_at("note preview 1 --pdf card.pdf")

    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")


@ON_SQLITE
def test_secrets_are_never_shown(shop_at: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRECIATION_DELIVERY__SMTP__PASSWORD", "hush-hush")

    assert "hush-hush" not in shop_at("config show") + shop_at("config show --json")


def test_the_doctor_names_what_is_wrong_with_its_mend(
    shop_at: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRECIATION_BUSINES__NAME", "x")
    out, _, status = shop_at.all("doctor")

    assert status == 3
    assert "APPRECIATION_BUSINES__NAME in the environment sets nothing" in out
    assert "mend: did you mean APPRECIATION_BUSINESS__NAME?" in out
    assert "no daemon is at work" in out


def test_status_tells_what_needs_a_person(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("customer add Ben --birthday --11-21")
    shop_at("run --once")
    seen = shop_at.json("status")

    assert seen["needs_a_person"] == {"waiting": 1, "blocked": 1}
    assert seen["daemon"]["alive"] is False
    assert "appreciation note approve --all" in shop_at("status")


@ON_SQLITE
def test_every_template_that_we_ship_passes_its_check(shop_at: Terminal) -> None:
    assert "0 faults" in shop_at("template check")


@ON_SQLITE
def test_a_broken_template_is_named_by_file_and_line(shop_at: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "birthday" / "en"
    folder.mkdir(parents=True)
    (folder / "mine.md").write_text('+++\nsubject = "Hi"\n+++\nDear {{ nickname }}\n')
    out, _, status = shop_at.all("template check")

    assert status == 3
    assert "mine.md:4" in out
    assert "nickname" in out


def test_every_command_says_what_it_does(bare: Terminal) -> None:
    from typer.main import get_command

    from appreciation.cli import cli

    def walk(command: Any, words: list[str]) -> None:
        assert command.help or command.short_help, words
        for name, below in getattr(command, "commands", {}).items():
            walk(below, [*words, name])

    walk(get_command(cli), ["appreciation"])
    assert "customer" in bare("--help")
    assert bare("--version").startswith("appreciation 0.")


def test_help_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from appreciation.cli import main; main(['--help']);"
        "heavy = {'sqlalchemy', 'pydantic', 'jinja2', 'apscheduler', 'babel', 'rich', 'typst'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"


def test_the_demo_tells_its_story_and_leaves_its_files(bare: Terminal, tmp_path: Path) -> None:
    told = bare("demo")
    demo = tmp_path / "appreciation-demo"

    assert len(list((demo / "outbox").glob("*.eml"))) >= 5
    assert (demo / "outbox" / "B1" / "cards.pdf").exists()
    for why in ("opted out", "on hold: a bereavement", "no email address", "belated", "by print"):
        assert why in told
    for words in [line.strip() for line in told.splitlines()[-3:]]:
        assert words.startswith("appreciation --config appreciation-demo/config.toml ")
        bare(words.removeprefix("appreciation "))
    assert "appreciation-demo-2" in bare("demo")


@pytest.mark.parametrize("day", ["2028-02-29T12:00", "2027-03-01T00:30", "2026-12-31T23:30"])
def test_the_demo_works_on_any_day(bare: Terminal, day: str) -> None:
    from datetime import UTC, datetime

    bare.clock.now = datetime.fromisoformat(day).replace(tzinfo=UTC)

    assert "Delivered: " in bare("demo")


def test_a_backend_that_cannot_work_is_told_and_waits_until_it_is_mended(
    shop_at: Terminal, tmp_path: Path
) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(settings.read_text().replace('approve = "ask" ', 'approve = "auto" '))
    (tmp_path / "outbox").write_text("a file where a folder should be")
    for name in ("Ada", "Ben"):
        shop_at(f"customer add {name} --email {name}@example.org --birthday --11-21")
    out, err, status = shop_at.all("run --once")
    assert status == 3
    assert "2 approved" in out
    assert "outbox rests until Sat 21 Nov 2026 12:05" in err
    assert len(shop_at.json("note show 1")["attempts"]) == 1
    out, err, status = shop_at.all("run --once")
    assert (out, status) == ("nothing to do\n", 3)
    assert "appreciation doctor" in err

    (tmp_path / "outbox").unlink()
    shop_at.all("doctor")
    assert shop_at.json("run --once")["sent"] == 2


def test_a_backend_does_not_rest_on_after_its_settings_changed(
    shop_at: Terminal, tmp_path: Path
) -> None:
    settings = tmp_path / "config.toml"
    text = settings.read_text().replace('approve = "ask" ', 'approve = "auto" ')
    settings.write_text(text)
    (tmp_path / "outbox").write_text("a file where a folder should be")
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once", expect=3)
    settings.write_text(text.replace('folder = "outbox"', 'folder = "letters"'))
    later = shop_at.clock().timestamp() + 1
    os.utime(settings, (later, later))

    assert shop_at.json("run --once")["sent"] == 1


@ON_SQLITE
def test_the_doctor_makes_no_store_and_survives_without_one(
    shop_at: Terminal, tmp_path: Path
) -> None:
    store = tmp_path / "appreciation.db"
    store.unlink()
    out, _, status = shop_at.all("doctor")
    assert status == 3
    assert "there is no store at" in out
    assert not store.exists()

    store.write_bytes(b"no database " * 100)
    out, _, status = shop_at.all("doctor")
    assert status == 3
    assert "LOOK  store" in out


@ON_SQLITE
def test_the_password_of_a_server_is_not_shown(shop_at: Terminal, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    url = "postgresql://rosa:hush-hush@127.0.0.1:1/shop"
    settings.write_text(settings.read_text().replace("sqlite:///appreciation.db", url))

    shown = shop_at("config show") + shop_at("config show --json")
    assert "hush-hush" not in shown
    assert "postgresql://rosa:***@127.0.0.1:1/shop" in shown


@ON_SQLITE
@pytest.mark.parametrize("spoil", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_a_templates_folder_that_cannot_be_read_is_no_sound_one(
    shop_at: Terminal, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / "templates")
    for words in ("template check", "run --once"):
        wrong, mend = shop_at.refused(words, status=4)

        assert "cannot be read" in wrong
        assert "[templates]" in mend
    out, _, status = shop_at.all("doctor")
    assert "LOOK  settings" in out
    assert status == 3


@pytest.mark.parametrize(("day", "cards"), [("25 Nov", 1), ("2026-11-25", 1), ("tomorrow", 0)])
def test_a_batch_may_take_what_falls_due_by_a_day(
    shop_at: Terminal, tmp_path: Path, day: str, cards: int
) -> None:
    settings = tmp_path / "config.toml"
    text = settings.read_text().replace('by = "email" ', 'by = "post" ')
    settings.write_text(text.replace('approve = "ask" ', 'approve = "auto" '))
    shop_at("customer add Ada --birthday --11-27 --address", "Am Tor 3\\n10115 Berlin")
    shop_at("run --once")

    made = shop_at.json("batch make --due-by", day)
    assert [batch["cards"] for batch in made] == [1] * cards
    shop_at.refused("batch make --due-by 2020-01-01", status=2)


@ON_SQLITE
def test_a_misspelt_name_in_the_environment_is_not_blamed_on_the_file(
    shop_at: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRECIATION_DELIVERY__SMTP__PASSWRD", "x")
    wrong, mend = shop_at.refused("status", status=4)

    assert wrong == "APPRECIATION_DELIVERY__SMTP__PASSWRD in the environment sets nothing"
    assert mend == "did you mean APPRECIATION_DELIVERY__SMTP__PASSWORD?"


@ON_SQLITE
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('email = "outbox"', 'email = "fax"', "delivery.email: no delivery plugin is called 'fax'"),
        ('email = "outbox"', 'email = "print"', "delivery.email cannot be 'print'"),
        ("[delivery.outbox]", "[delivery.outbx]", "no delivery plugin is called 'outbx'"),
        ("[occasions.order]", "[occasions.ordr]", "no occasions plugin is called 'ordr'"),
        ('card = "a6"', 'card = "a9"', "delivery.print: "),
        ('print_day = "any"', 'print_day = "thurs"', "delivery.print.print_day: 'thurs'"),
    ],
)
def test_a_setting_that_names_nothing_is_told_with_its_key(
    shop_at: Terminal, tmp_path: Path, old: str, new: str, told: str
) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(settings.read_text().replace(old, new))
    wrong, mend = shop_at.refused("status", status=4)

    assert told in wrong
    assert mend


def test_two_without_an_email_do_not_share_one(shop_at: Terminal) -> None:
    shop_at("customer add", "Mia Li")
    _, err, _ = shop_at.all("customer add", "Al Bo")

    assert err == ""


def test_a_day_may_begin_with_dashes_and_an_amount_with_none(shop_at: Terminal) -> None:
    shop_at("customer add Ben")
    assert shop_at.json("date add ben --04-12")["day"] == "--04-12"

    wrong, _ = shop_at.refused("order add ben -5", status=2)
    assert wrong == "'-5' is no amount of money"


def test_a_changed_birthday_says_that_its_note_is_withdrawn(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-24")
    shop_at("run --once")
    _, err, _ = shop_at.all("customer edit ada --birthday --11-26")

    assert "withdrawn" in err


@ON_SQLITE
def test_a_value_in_the_environment_is_not_blamed_on_the_file(
    shop_at: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRECIATION_DELIVERY__SMTP__PORT", "abc")
    wrong, _ = shop_at.refused("status", status=4)
    assert wrong.startswith("APPRECIATION_DELIVERY__SMTP__PORT in the environment: 'abc'")

    monkeypatch.setenv("APPRECIATION_BUSINESS", "foo")
    wrong, mend = shop_at.refused("status", status=4)
    assert wrong == "APPRECIATION_BUSINESS in the environment sets a whole table"
    assert "APPRECIATION_BUSINESS__KEY" in mend


def test_what_is_upcoming_is_shown_by_the_shops_own_clock(
    shop_at: Terminal, tmp_path: Path
) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(settings.read_text().replace("Europe/Berlin", "Pacific/Auckland"))
    shop_at("customer add Ada --email ada@example.org --birthday --11-25")

    assert "Wed 25 Nov 2026 09:00" in shop_at("upcoming")


def test_a_changed_address_is_seen_before_anybody_approves(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")
    shop_at("customer edit ada --email new@example.org")
    wrong, mend = shop_at.refused("note approve 1", status=1)

    assert "it is found" in wrong
    assert "run --once" in mend


def test_what_a_single_run_did_is_remembered(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")
    shop_at("run --once")

    assert shop_at.json("status")["daemon"]["did"] == "1 found, 1 drafted"


def test_a_note_that_is_held_back_needs_nobody(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")
    assert shop_at.json("status")["needs_a_person"] == {"waiting": 1}
    shop_at("customer edit ada --opted-out")

    assert shop_at.json("status")["needs_a_person"] == {}


# Copies of the store.


def copied(shop_at: Terminal) -> str:
    file: str = shop_at.json("backup")["file"]
    return file


@ON_SQLITE
def test_a_copy_tells_where_it_is_and_how_big(shop_at: Terminal) -> None:
    made = shop_at.json("backup")

    assert list(made) == ["file", "bytes", "removed"]
    assert made["bytes"] == Path(made["file"]).stat().st_size
    assert [copy["file"] for copy in shop_at.json("backup --list")] == [made["file"]]
    assert made["file"] in shop_at("backup --list")


@ON_SQLITE
def test_a_single_run_copies_the_store_once_a_day(shop_at: Terminal) -> None:
    for _ in range(2):
        shop_at("run --once")
        shop_at.clock.sleep(hours=1)

    assert len(shop_at.json("backup --list")) == 1


@ON_SQLITE
def test_a_restored_store_says_everywhere_that_nothing_leaves(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")
    shop_at("note approve 1")
    copy = copied(shop_at)
    shop_at(f"restore {copy} --yes")
    why = f"it was restored from {Path(copy).name}"

    assert shop_at.json("status")["held"]["why"] == why
    assert "nothing leaves until you say so: appreciation resume" in shop_at("status")
    assert f"LOOK  store            nothing leaves: {why}" in shop_at("doctor", expect=3)
    out, err, status = shop_at.all("run --once")
    assert (out, status) == ("nothing to do\n", 3)
    assert err == f"nothing leaves: {why}; once you know: appreciation resume\n"


@ON_SQLITE
def test_a_store_that_resumes_shows_what_may_have_left(shop_at: Terminal) -> None:
    config = Path("config.toml")
    text = config.read_text(encoding="utf-8")
    # Nobody listens there, but it is never asked.
    smtp = text.replace('email = "outbox"', 'email = "smtp"').replace("# host", "host")
    config.write_text(smtp, encoding="utf-8")
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")
    shop_at(f"restore {copied(shop_at)} --yes")

    out, err, status = shop_at.all("resume")
    assert (out, status) == (
        "the store works again\nin doubt: 1 note that may have left already\n",
        0,
    )
    assert "appreciation note settle ID... --arrived, or --send-again" in err
    _, err, status = shop_at.all("note settle 1")
    assert status == 2
    assert "note 1 to Ada: may have left before: it was restored from " in err
    assert shop_at("note settle 1 --arrived") == "note 1 is sent\n"
    assert shop_at.json("status")["held"] is None


@ON_SQLITE
def test_nothing_is_restored_without_a_yes(shop_at: Terminal) -> None:
    copy = copied(shop_at)

    wrong, mend = shop_at.refused(f"restore {copy}", status=3)

    assert wrong.endswith("nobody is here to say yes")
    assert mend == f"appreciation restore {copy} --yes"


@ON_SQLITE
def test_a_copy_that_is_not_there_is_named(shop_at: Terminal) -> None:
    assert shop_at.refused("restore backups/none.db --yes", status=1) == (
        "there is no copy backups/none.db",
        "appreciation backup --list",
    )


def test_a_store_that_works_cannot_resume(shop_at: Terminal) -> None:
    assert shop_at.refused("resume", status=1) == (
        "the store is not on hold",
        "appreciation status",
    )


@ON_SQLITE
def test_a_lost_store_can_be_put_back(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org")
    copy = copied(shop_at)
    Path("appreciation.db").unlink()

    shop_at(f"restore {copy} --yes")

    assert [customer["name"] for customer in shop_at.json("customer list")] == ["Ada"]


@ON_SQLITE
def test_the_doctor_misses_a_copy_of_late(shop_at: Terminal) -> None:
    assert "none yet" in shop_at("doctor", expect=3)
    copied(shop_at)
    assert "ok    backup" in shop_at("doctor", expect=3)
    shop_at.clock.sleep(days=4)
    assert "LOOK  backup" in shop_at("doctor", expect=3)


# What came back.


def came_back(shop_at: Terminal, tmp_path: Path, *more: str) -> str:
    """Send Ada a note that comes back; return the name of the mailbox that it came back to."""
    shop_at("customer add Ada --email ada@example.org --birthday --11-21", *more)
    shop_at("run --once")
    shop_at("note approve 1")
    shop_at("run --once")
    message_id = shop_at.json("note show 1")["message_id"]
    box = mailbox.mbox(tmp_path / "returned")
    box.add(returned(POSTFIX, message_id, "<b1@mx.example.org>"))
    box.add(returned(POSTFIX, "<another@example.org>", "<b2@mx.example.org>"))
    box.close()
    return "returned"


def test_what_came_back_is_listed_with_what_to_type(shop_at: Terminal, tmp_path: Path) -> None:
    box = came_back(shop_at, tmp_path, "--address", "Am Tor 3\\n10115 Berlin")
    out = shop_at(f"bounces {box}")
    assert "550 5.1.1" in out
    assert "appreciation note retry 1 --by post" in out
    assert out.endswith("1 came back, 1 not ours\n")
    assert shop_at.json("status")["needs_a_person"] == {"failed": 1}

    retried = shop_at("note retry 1 --by post")
    assert retried == "note 1 goes by post now: appreciation note approve 1\n"
    assert "by post now: look once more" in shop_at("note preview 1")
    told = shop_at.json("bounces", box)
    assert (told["known"], told["not_ours"], told["notes"]) == (1, 1, [])


def test_the_keys_of_what_came_back_are_a_contract(shop_at: Terminal, tmp_path: Path) -> None:
    told = shop_at.json("bounces", came_back(shop_at, tmp_path))

    assert list(told) == BOUNCES
    assert {key: told[key] for key in BOUNCES[:4]} == {
        "came_back": 1,
        "delayed": 0,
        "known": 0,
        "not_ours": 1,
    }
    (note,) = told["notes"]
    assert list(note) == RETURNED
    assert (note["id"], note["recipient"], note["suppressed"]) == (1, "ada@example.org", True)
    assert note["mend"] == "appreciation customer edit 1 --email NEW"


def test_the_settings_name_the_mailbox_too(shop_at: Terminal, tmp_path: Path) -> None:
    box = came_back(shop_at, tmp_path)
    settings = tmp_path / "config.toml"
    text = settings.read_text().replace("[bounces]", f'[bounces]\nmailbox = "{box}"')
    settings.write_text(text)

    assert shop_at("bounces").endswith("1 came back, 1 not ours\n")
    out, _, _ = shop_at.all("doctor")
    assert "returned: 2 in it" in out


def test_an_address_that_is_suppressed_is_shown_until_its_owner_says_it_works(
    shop_at: Terminal, tmp_path: Path
) -> None:
    shop_at("bounces", came_back(shop_at, tmp_path))
    why = shop_at.json("customer show ada")["suppressed"]
    assert why.startswith("came back: 550 5.1.1")
    assert "address suppressed: came back" in shop_at("customer list")
    assert "suppressed    came back: 550" in shop_at("customer show ada")
    wrong, mend = shop_at.refused("note retry 1", status=1)
    assert wrong.startswith("ada@example.org is not written to: came back")
    assert mend.startswith("appreciation customer edit 1 --email NEW")

    _, err, _ = shop_at.all("customer edit ada --email ada@example.org")
    assert "ada@example.org is written to again" in err
    assert shop_at.json("customer show ada")["suppressed"] is None
    assert shop_at("note retry 1") == "1 note will be tried again\n"


def test_whoever_gets_a_suppressed_address_is_named(shop_at: Terminal, tmp_path: Path) -> None:
    shop_at("bounces", came_back(shop_at, tmp_path))
    _, err, _ = shop_at.all("customer add Adele --email ada@example.org --birthday --11-21")
    assert "ada@example.org is not written to" in err
    shop_at("run --once")

    assert shop_at.json("status")["needs_a_person"] == {"failed": 1, "suppressed": 1}
    assert "note retry --by post" in shop_at("status")


def test_without_a_mailbox_there_is_nothing_to_read(shop_at: Terminal) -> None:
    wrong, mend = shop_at.refused("bounces", status=4)

    assert wrong == "nobody said where mails that came back are found"
    assert mend.startswith("appreciation bounces MAILBOX")


def test_an_empty_mailbox_is_said_to_be_empty(shop_at: Terminal, tmp_path: Path) -> None:
    (tmp_path / "mail").touch()

    assert shop_at("bounces mail") == "nothing came back\n"


def test_a_new_address_is_not_taken_for_the_suppressed_one(
    shop_at: Terminal, tmp_path: Path
) -> None:
    shop_at("bounces", came_back(shop_at, tmp_path))

    _, err, _ = shop_at.all("customer edit ada --email new@example.org")
    assert "not written to" not in err
    _, err, _ = shop_at.all("customer edit ada --email Ada@Example.ORG")
    assert "not written to: came back: 550" in err


def test_only_what_is_in_doubt_is_asked_about(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-21")
    shop_at("run --once")

    wrong, _ = shop_at.refused("note settle 1", status=1)

    assert wrong == "note 1 cannot be settled: it is waiting"
