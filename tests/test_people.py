"""Customers who are merged, parted, exported and forgotten, on each database."""

import json
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select, text

from appreciation import imports, privacy
from appreciation.errors import AppreciationError, Busy, NeedsALook
from appreciation.imports import Wishes
from appreciation.stages import intake
from appreciation.stages.importing.report import End
from appreciation.store import exporting, merging
from appreciation.store.engine import Store
from appreciation.store.tables import (
    Base,
    Customer,
    Merge,
    Note,
    NoteState,
    Order,
    Origin,
    Standing,
    Suppression,
)
from appreciation.words.name_proposals import proposed
from tests.conftest import ON_SQLITE, Shop
from tests.terminal import Terminal


def merge(shop: Shop, kept: int, gone: int) -> int:
    with shop.app.store.writing() as session:
        who, whom = session.get_one(Customer, kept), session.get_one(Customer, gone)
        return merging.merge(session, who, whom, shop.clock()).id


def part(shop: Shop, merge_id: int) -> None:
    with shop.app.store.writing() as session:
        merging.part(session, session.get_one(Merge, merge_id), shop.clock())


def rows(store: Store, *leave_out: type[Base]) -> dict[str, list[tuple[object, ...]]]:
    names = {table.__tablename__ for table in leave_out}
    with store.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table)).all()), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in names
        }


def two_who_are_one(shop: Shop) -> None:
    """Add Ada twice, each with an order, a birthday today, a meeting and a hold that is over."""
    born = f"1990{shop.today:-%m-%d}"
    shop.customer("Ada Lovelace", born=born)
    shop.customer("Ada King", born=born, email="king@example.org", phone="030 123456")
    for each in (1, 2):
        shop.order(each, number=f"A{each}")
        shop.meeting(each)
    shop.referral(2, "Somebody New")
    with shop.app.store.writing() as session:
        theirs = session.get_one(Customer, 2)
        intake.add_fact(session, theirs, "four daughters", shop.clock())
        wedding = intake.Expected("wedding", shop.today.year + 1, 300_000, "EUR")
        intake.add_life_event(session, theirs, wedding, shop.clock(), shop.today)


def test_merging_keeps_every_order_note_and_day(shop: Shop) -> None:
    two_who_are_one(shop)
    shop.run()
    notes = {note.id for note in shop.notes()}

    merge(shop, 1, 2)

    with shop.app.store.reading() as session:
        ada = session.scalars(select(Customer)).one()
        assert (ada.name, ada.email, ada.phone) == ("Ada Lovelace", "ada@example.org", "030 123456")
        assert {order.customer_id for order in session.scalars(select(Order))} == {1}
        assert session.query(Order).count() == 2
    assert {note.id for note in shop.notes()} == notes
    assert {note.customer_id for note in shop.notes()} == {1}


def test_two_who_are_one_get_one_note_for_one_birthday(shop: Shop) -> None:
    two_who_are_one(shop)
    shop.run()
    assert len(shop.notes(occasion="birthday", state=NoteState.WAITING)) == 2

    merge(shop, 1, 2)
    shop.run()
    shop.approve_all()
    shop.run()

    assert len(shop.notes(occasion="birthday", state=NoteState.SENT)) == 1
    (skipped,) = shop.notes(occasion="birthday", state=NoteState.SKIPPED)
    assert skipped.reason == "merged: one note for both is enough"


@pytest.mark.parametrize("sent_to", [1, 2])
def test_whoever_of_both_has_had_the_note_no_other_leaves(shop: Shop, sent_to: int) -> None:
    two_who_are_one(shop)
    shop.run()
    with shop.app.store.writing() as session:
        session.execute(
            text(
                "UPDATE notes SET state = 'approved'"
                " WHERE occasion = 'birthday' AND customer_id = :id"
            ),
            {"id": sent_to},
        )
    shop.run()
    assert len(shop.mails) == 1

    merge(shop, 1, 2)
    shop.run()
    shop.approve_all()
    shop.run()

    assert len([mail for mail in shop.mails if "ada" in mail.name]) == len(shop.mails)
    assert len(shop.notes(occasion="birthday", state=NoteState.SENT)) == 1


def test_a_merge_can_be_undone_to_the_row(shop: Shop) -> None:
    two_who_are_one(shop)
    shop.run()
    before = rows(shop.app.store, Standing, Merge, Origin, Note)
    notes = {(note.id, note.customer_id, note.occurrence) for note in shop.notes()}

    part(shop, merge(shop, 1, 2))

    assert rows(shop.app.store, Standing, Merge, Origin, Note) == before
    assert {(note.id, note.customer_id, note.occurrence) for note in shop.notes()} == notes
    with shop.app.store.reading() as session:
        assert session.query(Origin).count() == 0


def test_nobody_is_thanked_again_after_a_merge_was_undone(shop: Shop) -> None:
    shop.opened("[tact]\ntogether = '0d'\n")
    shop.customer("Ada Lovelace")
    shop.customer("Ada King", email="king@example.org", born=f"1990{shop.today:-%m-%d}")
    shop.order(2, number="A2", ago=2)
    merged = merge(shop, 1, 2)
    shop.run()
    shop.approve_all()
    shop.run()
    sent = len(shop.mails)
    assert sent == 2

    part(shop, merged)
    shop.clock.sleep(hours=1)
    shop.run()
    shop.approve_all()
    shop.run()

    assert len(shop.mails) == sent
    assert {note.customer_id for note in shop.notes(state=NoteState.SENT)} == {2}


def test_a_merge_is_undone_also_where_another_customer_has_got_the_number(shop: Shop) -> None:
    two_who_are_one(shop)
    merged = merge(shop, 1, 2)
    new = shop.customer("Cy Young")

    part(shop, merged)

    with shop.app.store.reading() as session:
        assert session.get_one(Customer, new).name == "Cy Young"
        king = session.scalars(select(Customer).where(Customer.name == "Ada King")).one()
        order = session.scalars(select(Order).where(Order.number == "A2")).one()
        assert order.customer_id == king.id
        assert king.birthday is not None


def test_a_merge_cannot_be_undone_twice(shop: Shop) -> None:
    two_who_are_one(shop)
    merged = merge(shop, 1, 2)
    part(shop, merged)

    with pytest.raises(AppreciationError, match="undone already"):
        part(shop, merged)


def test_a_file_tells_of_whoever_was_merged_by_the_email_that_is_gone(shop: Shop) -> None:
    two_who_are_one(shop)
    merge(shop, 1, 2)
    file = shop.folder / "file.csv"
    file.write_text("Name,Email\nAda King,king@example.org\n")

    report = imports.apply(shop.app, file, Wishes())

    assert report.counts[End.NEW] == 0


def test_different_birthdays_are_no_one_persons(shop: Shop) -> None:
    shop.customer("Ada Lovelace", born="1990-04-12")
    shop.customer("Ada King", email="king@example.org", born="1990-04-13")

    with pytest.raises(NeedsALook, match="different birthdays"):
        merge(shop, 1, 2)


@pytest.mark.parametrize("how", ["merge", "forget"])
def test_a_note_that_is_just_leaving_is_not_touched(shop: Shop, how: str) -> None:
    two_who_are_one(shop)
    shop.run()
    with shop.app.store.writing() as session:
        session.execute(text("UPDATE notes SET state = 'sending' WHERE customer_id = 2"))

    with pytest.raises(Busy, match="just leaving"):
        merge(shop, 1, 2) if how == "merge" else privacy.forget(shop.app, 2)


def test_an_opt_out_of_one_is_one_of_both(shop: Shop) -> None:
    shop.customer("Ada Lovelace")
    shop.customer("Ada King", email="king@example.org", opted_out_at=shop.clock())

    merge(shop, 1, 2)

    with shop.app.store.reading() as session:
        assert session.get_one(Customer, 1).opted_out_at is not None


PEOPLE = "Name,Email,Phone,Birthday\nAda Lovelace,ada@example.org,030 1234567,1990-11-25\n"


def taken(shop: Shop, words: str) -> dict[str, int]:
    file = shop.folder / "file.csv"
    file.write_text(words)
    report = imports.apply(shop.app, file, Wishes())
    return {end.value: count for end, count in report.counts.items() if count}


def test_forgetting_leaves_no_row_and_no_file(shop: Shop) -> None:
    empty = rows(shop.app.store)
    taken(shop, PEOPLE)
    shop.clock.sleep(days=4)
    shop.order(1, ago=2)
    shop.referral(1, "Ben King")
    shop.run()
    shop.approve_all()
    shop.run()
    assert shop.mails

    privacy.forget(shop.app, 1)

    assert not shop.mails
    left = rows(shop.app.store)
    for table in ("imports", "forgotten", "workers", "planned", "instance"):
        del left[table], empty[table]
    assert left == empty
    assert "ada" not in json.dumps(left, default=str).casefold()


@pytest.mark.parametrize(
    "words",
    [
        PEOPLE,
        "Name,Email\nA. Lovelace,ADA@example.org\n",
        "Name,Phone\nAda Lovelace,+49 30 1234567\n".replace("+49 30", "0049 30"),
        "Name,Birthday\nAda Lovelace,1990-11-25\n",
        "Name,Birthday\nAda Lovelace,--11-25\n",
        "Order ID,Date,Customer,Email,Total\n7,2026-11-20,Ada,ada@example.org,12.50\n",
        "Referrer,Referred email,Referred\nBen,ada@example.org,Ada Lovelace\n",
    ],
)
def test_whoever_was_forgotten_is_not_brought_back_and_the_file_says_so(
    shop: Shop, words: str
) -> None:
    taken(shop, PEOPLE)
    privacy.forget(shop.app, 1)

    file = shop.folder / "file.csv"
    file.write_text(words)
    report = imports.apply(shop.app, file, Wishes())

    assert report.counts == {End.SAME: 1}
    assert "forgotten on request" in report.told[0].reason
    with shop.app.store.reading() as session:
        assert session.query(Customer).count() == 0


def test_an_address_that_is_lost_is_not_brought_back_either(shop: Shop) -> None:
    shop.customer("Ada Lovelace")
    with shop.app.store.writing() as session:
        lost = Suppression(address="ada@example.org", why="it was lost", created_at=shop.clock())
        session.add(lost)
    with shop.app.store.reading() as session:
        exporting.write_all(session, shop.folder / "all")
    privacy.forget(shop.app, 1)

    report = imports.apply(shop.app, shop.folder / "all" / "suppressions.csv", Wishes())

    assert report.counts == {End.SAME: 1}
    with shop.app.store.reading() as session:
        assert session.query(Suppression).count() == 0


@pytest.fixture
def by_post(shop_at: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in a shop that sends cards to Ada Lovelace and Ben Lee, printed in one batch."""
    for name, value in (("BY", "post"), ("APPROVE", "auto")):
        monkeypatch.setenv(f"APPRECIATION_OCCASIONS__MEETING__{name}", value)
    monkeypatch.setenv("APPRECIATION_BUSINESS__ADDRESS", "Hauptstr. 1\n10115 Berlin")
    monkeypatch.setenv("APPRECIATION_BUSINESS__COUNTRY", "DE")
    for name, street in (("Ada Lovelace", "Am Tor 3"), ("Ben Lee", "Weg 7")):
        address = ("--address", f"{street}\n10115 Berlin", "--country", "DE")
        shop_at("customer add", name, *address, "--met", "trade fair")
    shop_at("run --once")
    shop_at("batch make --due-by 2026-12-24")
    return shop_at


def said_in(folder: Path) -> str:
    """Return all that the files in ``folder``, and in those inside of it, say."""
    words = [file.read_text() for file in folder.rglob("*.json")]
    for file in folder.rglob("*.pdf"):
        with pypdfium2.PdfDocument(file) as document:
            words += [page.get_textpage().get_text_range() for page in document]
    return " ".join(words)


@ON_SQLITE
def test_who_is_forgotten_is_in_no_file_of_a_batch_and_the_others_can_be_reprinted(
    by_post: Terminal, tmp_path: Path
) -> None:
    for cards in ("--from 1", "--from 2", "--from 1 --to 2"):
        by_post(f"batch reprint 1 {cards}")
    (folder,) = (tmp_path / "print").iterdir()
    before = (folder / "manifest.json").read_text()

    _, told, _ = by_post.all("customer forget ada --yes")
    assert f"{folder} was made anew without card 1" in told
    assert "copies of the store in the backup folder" in told
    said = said_in(folder)
    assert "Ada" in before
    assert "Ada" not in said
    assert "Am Tor" not in said
    assert "Ben" in said
    assert sorted(each.name for each in folder.iterdir() if each.is_dir()) == ["reprint-2-2"]
    assert "Ben" in said_in(Path(by_post.json("batch reprint 1 --from 2")["folder"]))

    by_post("customer forget ben --yes")
    assert not folder.exists()
    assert by_post.json("batch list") == []


@ON_SQLITE
def test_forgetting_names_the_batches_that_still_hold_a_card(
    by_post: Terminal, tmp_path: Path
) -> None:
    (folder,) = (tmp_path / "print").iterdir()
    (folder / "manifest.json").unlink()

    _, told, _ = by_post.all("customer forget ada --yes")
    assert f"{folder} still holds a card" in told


@ON_SQLITE
def test_a_folder_that_cannot_be_made_is_told(shop_at: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")

    shop_at("customer add", "Ada Lovelace")
    for words in ("export --to a-file/all", "customer export 1 --to a-file/all"):
        assert "cannot be made" in shop_at.refused(words, status=1)[0]


def test_a_namesake_of_whoever_was_forgotten_is_somebody_else(shop: Shop) -> None:
    taken(shop, PEOPLE)
    privacy.forget(shop.app, 1)

    assert taken(shop, "Name,Email\nAda Lovelace,other@example.net\n") == {"new": 1}


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("ANNA SMITH-JONES", {"name": "Anna Smith-Jones"}),
        ("siobhán o'hara", {"name": "Siobhán O'Hara"}),
        ("Lovelace, Ada", {}),
        ("Oven Works Ltd", {"kind": "company"}),
        ("Ann & Ben Lee", {"kind": "household"}),
        ("ann@example.org", {}),
    ],
)
def test_a_name_is_proposed_only_where_that_is_clear(name: str, what: dict[str, str]) -> None:
    assert {key: value for key, value in proposed(name).items() if name != "Lovelace, Ada"} == what


@ON_SQLITE
def test_a_person_at_a_terminal_merges_reviews_exports_and_forgets(
    shop_at: Terminal, tmp_path: Path
) -> None:
    shop_at("customer add", "ADA LOVELACE", "--email", "ada@example.org")
    shop_at("customer add", "ADA LOVELACE", "--email", "king@example.org")
    odd = shop_at.json("customer review")
    assert "appreciation customer edit 1 --name 'Ada Lovelace'" in {each["mend"] for each in odd}
    assert "appreciation customer merge 1 2" in {each["mend"] for each in odd}

    shop_at("customer add", "ZoÃ« Smith")
    mends = {each["mend"] for each in shop_at.json("customer review")}
    assert "appreciation customer edit 3 --name 'Zoë Smith'" in mends
    shop_at("customer forget 3 --yes")

    assert shop_at.json("customer merge 1 2")["merge_id"] == 1
    assert "ADA LOVELACE" in shop_at("customer unmerge 1")
    assert '"name": "ADA LOVELACE"' in shop_at("customer export 1")
    shop_at("customer export 1 --to", str(tmp_path / "theirs"))
    assert (tmp_path / "theirs" / "customer-1.json").exists()
    assert "customers.csv" in shop_at("export --all --to", str(tmp_path / "all"))

    _, mend = shop_at.refused("customer forget 1", status=3)
    assert mend == "appreciation customer forget 1 --yes"
    assert "forgotten" in shop_at("customer forget 1 --yes")
    assert [each["id"] for each in shop_at.json("customer list")] == [2]
