import pytest

from appreciation.errors import AppreciationError, NeedsALook
from appreciation.stages import review
from appreciation.store.tables import Note, NoteState
from tests.conftest import Shop


@pytest.fixture
def waiting(shop: Shop) -> int:
    shop.customer(born="21 Nov")
    shop.run()
    return shop.notes()[0].id


def _edit(shop: Shop, note_id: int, body: str) -> None:
    with shop.app.store.writing() as session:
        note = session.get_one(Note, note_id)
        review.edit(note, "Happy birthday", body, shop.clock(), shop.app.allowed_in(note))


@pytest.mark.usefixtures("waiting")
def test_an_approved_note_leaves_as_it_was_read(shop: Shop) -> None:
    read = shop.notes()[0]
    shop.approve_all()
    assert shop.run() == {"sent": 1}

    (sent,) = shop.notes()
    assert (sent.subject, sent.body) == (read.subject, read.body)


def test_an_edit_takes_the_approval_back(shop: Shop, waiting: int) -> None:
    shop.approve_all()
    _edit(shop, waiting, "Dear Ada,\n\nall the best today!\n\nRosa")
    assert shop.run() == {}

    shop.approve_all()
    assert shop.run() == {"sent": 1}
    assert "all the best today!" in shop.mails[0].read_text()


def test_an_edited_note_is_never_drafted_over(shop: Shop, waiting: int) -> None:
    _edit(shop, waiting, "Dear Ada,\n\nall the best today!\n\nRosa")
    shop.edit(shop.notes()[0].customer_id, name="Ada King")
    shop.clock.sleep(days=1)
    shop.run()

    (note,) = shop.notes()
    assert "all the best today!" in (note.body or "")
    assert note.state is NoteState.WAITING


@pytest.mark.parametrize(
    "body",
    [
        "Dear Ada,\n\n20 % off today, just for you!\n\nRosa",
        "Dear Ada,\n\nsee https://example.org\n\nRosa",
        "Hi ,\n\nhappy birthday\n\nRosa",
        "Dear {{ name }},\n\nhappy birthday\n\nRosa",
        "",
    ],
)
def test_new_words_that_break_a_rule_change_nothing(shop: Shop, waiting: int, body: str) -> None:
    before = shop.notes()[0].body
    with pytest.raises(NeedsALook):
        _edit(shop, waiting, body)

    assert shop.notes()[0].body == before


def test_what_changed_since_it_was_shown_is_not_approved(shop: Shop, waiting: int) -> None:
    seen = shop.notes()[0]
    shown = (seen.id, seen.subject, seen.body, seen.recipient)
    _edit(shop, waiting, "Dear Ada,\n\nall the best today!\n\nRosa")

    with (
        pytest.raises(NeedsALook, match="has changed since it was shown"),
        shop.app.store.writing() as session,
    ):
        review.approve_as_seen(session, [shown], shop.clock())


@pytest.mark.usefixtures("waiting")
def test_approving_several_is_all_or_none(shop: Shop) -> None:
    seen = shop.notes()[0]
    shown = (seen.id, seen.subject, seen.body, seen.recipient)
    wrong = (seen.id, "another subject", seen.body, seen.recipient)
    with pytest.raises(NeedsALook), shop.app.store.writing() as session:
        review.approve_as_seen(session, [shown, wrong], shop.clock())

    assert shop.notes()[0].state is NoteState.WAITING


def test_a_skipped_note_never_leaves_and_never_comes_again(shop: Shop, waiting: int) -> None:
    with shop.app.store.writing() as session:
        review.skip(session.get_one(Note, waiting), "we spoke")
    assert shop.run() == {}

    assert shop.notes()[0].reason == "skipped: we spoke"


def test_what_has_left_can_be_neither_edited_nor_skipped_nor_approved(
    shop: Shop, waiting: int
) -> None:
    shop.approve_all()
    shop.run()
    with shop.app.store.reading() as session:
        note = session.get_one(Note, waiting)
        for change in (review.check_editable, lambda n: review.skip(n, "x")):
            with pytest.raises(AppreciationError, match="it is sent"):
                change(note)
        with pytest.raises(AppreciationError, match="it is sent"):
            review.approve(note, shop.clock())


def _become(shop: Shop, note_id: int, state: NoteState) -> None:
    with shop.app.store.writing() as session:
        session.get_one(Note, note_id).state = state


@pytest.mark.parametrize(("arrived", "counts"), [(True, {}), (False, {"sent": 1})])
def test_a_note_in_doubt_is_settled_by_a_person(
    shop: Shop, waiting: int, arrived: bool, counts: dict[str, int]
) -> None:
    shop.approve_all()
    _become(shop, waiting, NoteState.IN_DOUBT)
    assert shop.run() == {}
    with shop.app.store.writing() as session:
        review.settle(session.get_one(Note, waiting), shop.clock(), arrived=arrived)

    assert shop.run() == counts
    assert shop.notes()[0].state is NoteState.SENT


def test_a_failed_note_goes_out_once_more_when_asked(shop: Shop, waiting: int) -> None:
    shop.approve_all()
    _become(shop, waiting, NoteState.FAILED)
    assert shop.run() == {}
    with shop.app.store.writing() as session:
        review.retry(session.get_one(Note, waiting), shop.clock())

    assert shop.run() == {"sent": 1}


def test_what_nobody_doubts_is_neither_settled_nor_retried(shop: Shop, waiting: int) -> None:
    with shop.app.store.reading() as session:
        note = session.get_one(Note, waiting)
        with pytest.raises(AppreciationError, match="cannot be settled: it is waiting"):
            review.settle(note, shop.clock(), arrived=False)
        with pytest.raises(AppreciationError, match="cannot be tried again: it is waiting"):
            review.retry(note, shop.clock())
