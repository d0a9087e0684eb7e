"""The owner's wordings before ours, none twice while another is left, none with a hole."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appreciation.errors import NoteBlocked
from appreciation.words.wordings import BrokenWording, Wording, Wordings, choose

ADA = {
    "greeting": "Dear Ada,",
    "call_name": "Ada",
    "name": "Ada Byron",
    "signer": "Rosa",
    "business": "Rosa's Bakery",
    "belated": False,
}
DECLARED: dict[str, dict[str, Any]] = {
    "birthday": {"birthday": {"day": "12 April"}},
    "order": {"order": {"items": "a scarf", "day": "3 May", "first": True}},
}
PLAIN = "{{ greeting }}\n\nA good day to you.\n\n{{ signer }}\n"


def write(folder: Path, name: str, body: str = PLAIN, front: str = "") -> Path:
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [] if "subject" in front else ['subject = "A good day"']
    front = "\n".join([*lines, *front.splitlines()])
    path.write_text(f"+++\n{front}\n+++\n{body}", encoding="utf-8")
    return path


def names_of(wordings: list[Wording]) -> list[str]:
    return [wording.name for wording in wordings]


def broken(wordings: Wordings) -> list[BrokenWording]:
    return [wording for wording in wordings.all() if isinstance(wording, BrokenWording)]


def test_the_owners_file_stands_in_for_ours_one_file_at_a_time(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    write(ours, "birthday/en/a")
    write(ours, "birthday/en/b")
    write(theirs, "birthday/en/b", "{{ greeting }} Mine!")
    wordings = Wordings([theirs, ours])

    eligible = wordings.eligible("birthday", "en", False, "", ADA)

    assert names_of(eligible) == ["birthday/en/a", "birthday/en/b"]
    assert wordings.render(eligible[1], ADA) == ("A good day", "Dear Ada, Mine!")
    assert eligible[1].path.is_relative_to(theirs)


def test_an_owner_without_a_folder_has_ours(tmp_path: Path) -> None:
    write(tmp_path / "ours", "birthday/en/a")

    wordings = Wordings([tmp_path / "none", tmp_path / "ours"])

    assert names_of(wordings.eligible("birthday", "en", False, "", ADA)) == ["birthday/en/a"]


def test_an_owner_can_switch_one_of_ours_off(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    write(ours, "birthday/en/a")
    write(ours, "birthday/en/b")
    path = theirs / "birthday/en/a.md"
    path.parent.mkdir(parents=True)
    path.write_text("+++\noff = true\n+++\n")
    wordings = Wordings([theirs, ours])

    assert names_of(wordings.eligible("birthday", "en", False, "", ADA)) == ["birthday/en/b"]
    assert wordings.check(DECLARED) == []


def test_the_moment_and_the_variant_choose_among_wordings(tmp_path: Path) -> None:
    write(tmp_path, "order/en/any")
    write(tmp_path, "order/en/first", front='variant = "first"')
    write(tmp_path, "order/en/again", front='variant = "again"')
    write(tmp_path, "order/en/late", front='when = "belated"')
    write(tmp_path, "order/en/late-first", front='when = "belated"\nvariant = "first"')
    wordings = Wordings([tmp_path])

    def eligible(variant: str, *, belated: bool = False) -> list[str]:
        return names_of(wordings.eligible("order", "en", belated, variant, ADA))

    assert eligible("") == ["order/en/any"]
    assert eligible("first") == ["order/en/any", "order/en/first"]
    assert eligible("again") == ["order/en/again", "order/en/any"]
    assert eligible("again", belated=True) == ["order/en/late"]
    assert eligible("first", belated=True) == ["order/en/late", "order/en/late-first"]


def test_a_language_without_wordings_falls_back_to_english(tmp_path: Path) -> None:
    write(tmp_path, "birthday/en/a")
    write(tmp_path, "birthday/en/late", front='when = "belated"')
    write(tmp_path, "birthday/de/b")
    wordings = Wordings([tmp_path])

    def eligible(language: str) -> list[str]:
        return names_of(wordings.eligible("birthday", language, False, "", ADA))

    assert eligible("fr") == ["birthday/en/a"]
    assert eligible("de") == ["birthday/de/b"]
    assert eligible("de-AT") == ["birthday/de/b"]
    with pytest.raises(NoteBlocked, match="no wording in 'de' for a belated birthday note") as none:
        wordings.eligible("birthday", "de", True, "", ADA)
    assert "birthday/de/" in none.value.mend


def test_an_occasion_without_wordings_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoteBlocked, match="no wording in 'en' for a first order note"):
        Wordings([tmp_path]).eligible("order", "en", False, "first", ADA)


def test_a_wording_waits_until_it_has_the_words_it_needs(tmp_path: Path) -> None:
    write(tmp_path, "order/en/a", front='needs = ["order.items"]')
    write(tmp_path, "order/en/b")
    wordings = Wordings([tmp_path])

    def eligible(order: object) -> list[str]:
        return names_of(wordings.eligible("order", "en", False, "", {**ADA, "order": order}))

    assert eligible({"items": "a scarf"}) == ["order/en/a", "order/en/b"]
    for lacking in ({"items": ""}, {"items": None}, {}, None):
        assert eligible(lacking) == ["order/en/b"]


def test_a_wording_needs_what_it_uses_though_its_front_matter_forgot(tmp_path: Path) -> None:
    write(tmp_path, "birthday/en/a", "Dear {{ call_name }},")
    write(
        tmp_path,
        "birthday/en/b",
        "{% if call_name %}Dear {{ call_name }},{% else %}Hello!{% endif %}",
    )
    wordings = Wordings([tmp_path])

    assert names_of(wordings.eligible("birthday", "en", False, "", {**ADA, "call_name": None})) == [
        "birthday/en/b"
    ]


def test_without_its_words_a_note_is_blocked_and_says_which(tmp_path: Path) -> None:
    write(tmp_path, "order/en/a", front='needs = ["order.items", "call_name"]')
    write(tmp_path, "order/en/b", front='needs = ["order.items"]')

    with pytest.raises(NoteBlocked, match=r"order/en/b lacks order\.items$") as blocked:
        Wordings([tmp_path]).eligible("order", "en", False, "", {**ADA, "call_name": ""})

    assert blocked.value.mend.startswith("fill in order.items")


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("no front matter", 1, "does not begin with front matter"),
        ("+++\nsubject = 'x'\nno end", 1, "does not begin with front matter"),
        ("+++\nsubject = x\n+++\nA", 1, "is not TOML"),
        ("+++\n\n+++\nA", 1, "has no subject"),
        ("+++\nsubject = ' '\n+++\nA", 1, "has no subject"),
        (
            "+++\nsubject = 'x'\nneed = []\n+++\nA",
            3,
            "there is no 'need' in front matter; use needs",
        ),
        ("+++\nsubject = 'x'\nneeds = 'a'\n+++\nA", 3, "not a list of words"),
        ("+++\nsubject = 'x'\nneeds = [1]\n+++\nA", 3, "more than words in quotes"),
        ("+++\nsubject = 1\n+++\nA", 2, "not words in quotes"),
        ("+++\nsubject = 'x'\nwhen = 'late'\n+++\nA", 3, 'not "on-time" or "belated" or "any"'),
        ("+++\nsubject = 'x'\noccasion = 'order'\n+++\nA", 1, "lies in the folder of 'birthday'"),
        ("+++\nsubject = 'x'\nlanguage = 'de'\n+++\nA", 1, "lies in the folder of 'en'"),
        ("+++\nsubject = 'x'\n+++\nA\n{% if a %}B", 5, "end of template"),
        ("+++\nsubject = 'x'\n+++\nA\n\n{{ a b }}", 6, "expected token"),
        ("+++\nwhen = 'belated'\nsubject = '{{ a'\n+++\nA", 3, "unexpected end of template"),
        ("+++\nsubject = 'x'\n+++\n{% macro a() %}B{% endmacro %}", 4, "no place in a letter"),
    ],
)
def test_a_broken_file_is_listed_with_its_line_and_stops_no_other(
    tmp_path: Path, text: str, line: int, wrong: str
) -> None:
    write(tmp_path, "birthday/en/good")
    path = tmp_path / "birthday/en/bad.md"
    path.write_text(text)
    wordings = Wordings([tmp_path])

    (found,) = broken(wordings)
    assert (found.path, found.line) == (path, line)
    assert wrong in found.wrong
    assert names_of(wordings.eligible("birthday", "en", False, "", ADA)) == ["birthday/en/good"]
    assert [str(fault) for fault in wordings.check(DECLARED)] == [str(found)]


def test_a_file_that_is_no_text_or_lies_elsewhere_is_told(tmp_path: Path) -> None:
    write(tmp_path, "birthday/en/good")
    (tmp_path / "birthday/en/latin.md").write_bytes("+++\nsubject='é'\n+++\n".encode("latin-1"))
    (tmp_path / "birthday/en/notes.txt").write_text("x")
    (tmp_path / "birthday/lost.md").write_text("x")
    (tmp_path / "README.md").write_text("how to")
    (tmp_path / "birthday/en/._good.md").write_bytes(b"\x00\x05")
    (tmp_path / "birthday/en/good.md~").write_text("x")

    told = {found.path.name: found.wrong for found in broken(Wordings([tmp_path]))}

    assert sorted(told) == ["latin.md", "lost.md", "notes.txt"]
    assert "UTF-8" in told["latin.md"]
    assert "OCCASION/LANGUAGE/WORDING.md" in told["lost.md"]


def test_what_an_editor_on_windows_leaves_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "birthday/en/a")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    wordings = Wordings([tmp_path])

    (wording,) = wordings.eligible("birthday", "en", False, "", ADA)

    assert wordings.render(wording, ADA)[1] == "Dear Ada,\n\nA good day to you.\n\nRosa"


def test_a_missing_word_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path, "birthday/en/a", "A\n\nDear {{ call_name }},")
    wordings = Wordings([tmp_path])
    (wording,) = wordings.eligible("birthday", "en", False, "", ADA)

    with pytest.raises(NoteBlocked) as blocked:
        wordings.render(wording, {**ADA, "call_name": None})

    assert str(blocked.value) == f"{path}:6: call_name is missing"


def test_any_change_in_a_folder_moves_its_time(tmp_path: Path) -> None:
    one, two = write(tmp_path, "birthday/en/a"), write(tmp_path, "birthday/en/b")
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.utime(path, (1000, 1000))
    wordings = Wordings([tmp_path, tmp_path / "none"])
    assert wordings.changed_at() == wordings.as_of == 1000

    os.utime(one, (2000, 2000))
    assert wordings.changed_at() == 2000
    two.unlink()
    assert wordings.changed_at() > 2000
    assert wordings.as_of == 1000
    assert Wordings([]).changed_at() == 0


@pytest.mark.parametrize(
    ("body", "line", "wrong"),
    [
        ("{{ greeting }}\n{{ nick }}", 5, "order notes have no word 'nick'"),
        ("{{ greeting }}\n{{ order.itmes }}", 5, "did you mean 'order.items'?"),
        ("{{ greeting }}{% if false %}{{ order.price }}{% endif %}", 4, "no word 'order.price'"),
        ("{{ greeting }}{% if not order.first %}{{ x.y }}{% endif %}", 4, "no word 'x.y'"),
        ("{{ greeting }}{% if order.frist %}x{% endif %}", 4, "no word 'order.frist'"),
        ("{{ greeting }}{{ order['when'] }}", 4, "no word 'order.when'"),
        ("{{ greeting }}\n\nBook now!", 6, '"Book now" asks to buy or to book'),
        ("{{ greeting }}{% if not order.first %}\n20 % off{% endif %}", 5, "offers a discount"),
        ("{{ greeting }} {{ order }}", 4, "is not words"),
        ("{{ greeting }} {{ order.first }}", 4, "True is not words"),
        ("{{ greeting }}{% if not order.items %}  Oh , no.{% endif %}", 4, "blank before the sign"),
        ("{{ greeting }} <b>you</b>", 4, "is HTML"),
        ("{{ greeting }} THANKS", 4, '"THANKS" is in capitals'),
        ("", 4, "the note is empty"),
    ],
)
def test_the_check_reads_every_branch(tmp_path: Path, body: str, line: int, wrong: str) -> None:
    path = write(tmp_path, "order/en/a", body)

    found = [str(fault) for fault in Wordings([tmp_path]).check(DECLARED)]

    assert any(fault.startswith(f"{path}:{line}: ") and wrong in fault for fault in found), found


def test_the_check_knows_occasions_needs_and_subjects(tmp_path: Path) -> None:
    write(tmp_path, "wedding/en/a")
    write(tmp_path, "order/en/b", front='needs = ["order.thing"]')
    write(tmp_path, "order/en/c", front='when = "belated"\nsubject = "Our special offer"')
    write(tmp_path, "order/en/d", "{{ greeting }} {% for order in [1] %}{{ order }}{% endfor %}")

    found = [fault.wrong for fault in Wordings([tmp_path]).check(DECLARED)]

    assert found == [
        "order notes have no word 'order.thing'; did you mean 'order.items'?",
        '"special offer" announces an offer',
        "there is no occasion 'wedding'; there are birthday, order",
    ]


def test_a_check_can_bring_its_own_samples(tmp_path: Path) -> None:
    write(tmp_path, "order/en/a", "{{ greeting }} {{ extra }}")

    assert Wordings([tmp_path]).check({"order": {"extra": "x", "name": "Bo Li"}}) == []


def wordings_called(names: list[str]) -> list[Wording]:
    return [
        Wording(name, "birthday", "en", "on-time", "", (), "s", "b", Path(f"{name}.md"))
        for name in names
    ]


@given(
    names=st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True),
    seeds=st.lists(st.integers(), min_size=1, max_size=30),
)
def test_no_wording_comes_twice_while_another_is_left(names: list[str], seeds: list[int]) -> None:
    eligible = wordings_called(sorted(names))
    used: list[str] = []
    for seed in seeds:
        used.append(choose(eligible, used, seed).name)

    for start in range(0, len(used), len(names)):
        round_of_all = used[start : start + len(names)]
        assert len(set(round_of_all)) == len(round_of_all)


@given(st.lists(st.sampled_from("abcdx"), min_size=4))
def test_when_all_were_used_the_oldest_comes_again(used: list[str]) -> None:
    eligible = wordings_called(["a", "b", "c", "d"])

    chosen = choose(eligible, used, seed=0).name

    unused = [name for name in "abcd" if name not in used]
    if unused:
        assert chosen == unused[0]
    else:
        last = {name: len(used) - 1 - used[::-1].index(name) for name in "abcd"}
        assert last[chosen] == min(last.values())


def test_the_seed_varies_where_customers_begin() -> None:
    eligible = wordings_called(["a", "b", "c"])

    assert [choose(eligible, [], seed).name for seed in range(4)] == ["a", "b", "c", "a"]
    assert choose(eligible, ["a"], 1).name == "c"


def test_who_may_be_called_du_gets_sie_where_there_is_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "birthday/de/sie", front='formality = "formal"')
    wordings = Wordings([tmp_path])

    def eligible(formality: str) -> list[str]:
        found = wordings.eligible("birthday", "de", False, "", ADA, formality=formality)
        return names_of(found)

    assert eligible("informal") == eligible("formal") == ["birthday/de/sie"]
    write(tmp_path, "birthday/de/du", front='formality = "informal"')
    wordings = Wordings([tmp_path])
    assert (eligible("informal"), eligible("formal")) == (["birthday/de/du"], ["birthday/de/sie"])


def test_nobody_is_called_du_who_should_be_called_sie(tmp_path: Path) -> None:
    write(tmp_path, "birthday/de/du", front='formality = "informal"')

    with pytest.raises(NoteBlocked, match="no wording in 'de' for a formal birthday note"):
        Wordings([tmp_path]).eligible("birthday", "de", False, "", ADA, formality="formal")


def test_several_are_not_spoken_to_as_one(tmp_path: Path) -> None:
    write(tmp_path, "birthday/es/tu", front='number = "singular"')
    with pytest.raises(NoteBlocked, match="no wording in 'es' for a plural birthday note"):
        Wordings([tmp_path]).eligible("birthday", "es", False, "", ADA, number="plural")

    write(tmp_path, "birthday/es/ustedes", front='number = "plural"')
    found = Wordings([tmp_path]).eligible("birthday", "es", False, "", ADA, number="plural")
    assert names_of(found) == ["birthday/es/ustedes"]


@pytest.mark.parametrize(
    ("front", "wrong"),
    [
        ('formality = "polite"', """formality is 'polite', not "informal" or "formal\""""),
        ('number = "two"', """number is 'two', not "singular" or "plural\""""),
    ],
)
def test_a_formality_or_number_that_is_none_is_told(tmp_path: Path, front: str, wrong: str) -> None:
    write(tmp_path, "birthday/de/a", front=front)

    (found,) = broken(Wordings([tmp_path]))
    assert (found.wrong, found.line) == (wrong, 3)


def test_what_a_language_lacks_is_told(tmp_path: Path) -> None:
    write(tmp_path, "order/sv/a", front='number = "singular"')
    write(tmp_path, "order/en/a")
    write(tmp_path, "order/en/late", front='when = "belated"')
    wordings = Wordings([tmp_path])

    found = wordings.untranslated({"order": [], "birthday": []})

    told = {fault.wrong for fault in found if fault.path == tmp_path / "order" / "sv"}
    assert told == {
        "there is no wording in 'sv' for a belated order note",
        "there is no wording in 'sv' for a plural order note",
        "there is no wording in 'sv' for a plural belated order note",
    }
    assert wordings.languages() == ["en", "sv"]
    assert not [fault for fault in found if fault.path == tmp_path / "order" / "en"]


def test_only_the_language_that_is_asked_for_is_read(tmp_path: Path) -> None:
    write(tmp_path, "birthday/en/a")
    other = write(tmp_path, "birthday/de/b")
    wordings = Wordings([tmp_path])
    other.unlink()

    assert names_of(wordings.eligible("birthday", "en", False, "", ADA)) == ["birthday/en/a"]
    assert [each.name for each in broken(wordings)] == ["birthday/de/b"]


def test_a_filter_that_nobody_has_is_told_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "birthday/en/a", "A\n\n{{ greeting|shout }}")
    wordings = Wordings([tmp_path])
    (wording,) = wordings.eligible("birthday", "en", False, "", ADA)

    with pytest.raises(NoteBlocked) as blocked:
        wordings.render(wording, ADA)

    assert str(blocked.value) == f"{path}:6: No filter named 'shout'."
    assert [str(fault) for fault in wordings.check(DECLARED)] == [str(blocked.value)]


def test_the_check_writes_each_wording_to_customers_of_every_kind(tmp_path: Path) -> None:
    longest = "{% if name.split()|length > 9 %}  {% endif %}"
    write(tmp_path, "birthday/en/a", f"Hi {{{{ name }}}}.\n\nThank you{longest}very much.")
    write(tmp_path, "birthday/en/b", "Hi {{ name }}.\n\n{{ name.split()[1][3] }}")

    told = [fault.wrong for fault in Wordings([tmp_path]).check(DECLARED)]

    assert told[0].startswith('as written for the sample longest, line 3: "you  very"')
    assert told[1].startswith("as written for the sample company, ")
