"""Customers' words are data, and a word that is missing stops the note and says its name."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from appreciation.errors import NoteBlocked
from appreciation.words.markdown import to_html, to_text, to_tree
from appreciation.words.rendering import Letter, clean
from appreciation.words.wording import Unreadable, Wording

# Four places in which a name is awkward: opening a line, alone, in bold, before a hard break.
PLACES = """\
{{ name }} opens

{{ name }}

so **{{ name }}** is

- {{ name }}

{{ name }}\\
{{ name }}
"""
AWKWARD = [
    "{{ 7*7 }}",
    "{% raw %}",
    "*stars* and **more**",
    "_under_ and __more__",
    "<b>bold</b>",
    "[x](http://x.example)",
    "![x](y)",
    "`tick`",
    "# Head",
    "- dash",
    "+ plus",
    "+",
    "> quote",
    "---",
    "***",
    "===",
    "1. FC Köln",
    "1) one",
    "1.",
    ". point",
    "back\\slash\\",
    "&amp;",
    "a  b",
    "line\nbreak",
    "carriage\r\nreturn",
    "tab\tstop",
    "para\u2029graph",
    "nul\x00byte",
    "right\u202eto left",
    "O'Neil & Sons",
    "山田　太郎",
    "👩‍👩‍👧",
    "محمد",
    "||~~:-)",
]
names = st.text(min_size=1, max_size=40) | st.text(
    alphabet="*_\\#-+>.)1 \n`[]()!<&{}%=~|", min_size=1
)


def letter(body: str, subject: str = "For {{ name }}") -> Letter:
    return Letter(
        Wording(
            name="birthday/en/one",
            occasion="birthday",
            language="en",
            when="on-time",
            variant="",
            needs=(),
            subject=subject,
            body=body,
            path=Path("templates/birthday/en/one.md"),
        )
    )


def as_printed(body: str) -> list[str]:
    """Return the words of each paragraph of the print tree, in order."""
    found: list[str] = []
    for block in to_tree(body):
        if block["kind"] == "list":
            assert not block["ordered"]
            blocks = [inner for item in block["items"] for inner in item]
        else:
            blocks = [block]
        for inner in blocks:
            assert inner["kind"] == "paragraph"
            found.append("".join("\n" if "break" in p else p["text"] for p in inner["parts"]))
    return found


def check_literal(name: str) -> None:
    subject, body = letter(PLACES).write({"name": name})

    told = clean(name)
    shown = [f"{told} opens", told, f"so {told} is", told, f"{told}\n{told}"]
    assert subject == f"For {told}"
    assert as_printed(body) == shown
    assert to_text(body) == "\n\n".join([*shown[:3], f"- {told}", shown[4]])
    _, page = to_html(body, language="en", title=subject).split("</head>")
    assert set(re.findall(r"<(\w+)", page)) == {"body", "div", "p", "strong", "ul", "li", "br"}
    assert unescape(re.sub(r"<[^>]*>", "", page)).count(told) >= len(shown)


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_name_comes_out_as_it_is(name: str) -> None:
    check_literal(name)


@given(names)
def test_any_name_comes_out_as_it_is(name: str) -> None:
    assume(any(sign.isprintable() and sign != " " for sign in name))
    check_literal(name)


@given(names)
def test_a_subject_is_one_line_without_backslashes_of_ours(name: str) -> None:
    assume(any(sign.isprintable() and sign != " " for sign in name))

    subject, _ = letter("x", subject="For\n{{ name }}").write({"name": name})

    assert len(subject.splitlines()) == 1
    assert subject.count("\\") == name.count("\\")


def test_a_name_loses_only_what_nobody_can_see() -> None:
    assert clean(" Ada\r\nByron\x00 \u202e") == "Ada Byron"
    assert clean("Ada   Byron") == "Ada Byron"
    assert clean("山田\u3000太郎") == "山田\u3000太郎"
    assert clean("👩\u200d👧") == "👩\u200d👧"
    assert clean(1042) == "1042"


@pytest.mark.parametrize("blank", [None, "", "  ", "\n", "\x00", "\ufeff", "\u200b"])
@pytest.mark.parametrize(
    "body",
    [
        "Dear {{ call_name }},",
        "Dear {{ call_name|upper }},",
        'Dear {{ "friend " ~ call_name }},',
        "Dear {{ call_name.title() }},",
        "Dear {% for sign in call_name %}{{ sign }}{% endfor %},",
    ],
)
def test_a_blank_word_stops_the_note_and_says_which(body: str, blank: str | None) -> None:
    for word, words in (
        ("call_name", {"call_name": blank}),
        ("order.items", {"order": {"items": blank}}),
    ):
        asking = letter(body.replace("call_name", word), subject="x")

        with pytest.raises(NoteBlocked, match=rf"one\.md:1: {word} is missing") as blocked:
            asking.write(words)
        assert blocked.value.mend.startswith(f"fill in {word}")


def test_two_words_side_by_side_make_no_list() -> None:
    _, body = letter("{{ a }}{{ b }}", subject="x").write({"a": 1, "b": ". Ada"})

    assert to_tree(body)[0]["kind"] == "paragraph"
    assert to_text(body) == "1. Ada"


def test_a_word_that_nobody_gave_stops_the_note_and_says_which() -> None:
    with pytest.raises(NoteBlocked, match=r"one\.md:3: order\.items is missing"):
        letter("a\n\n{{ order.items }}", subject="x").write({"order": {"day": "3 May"}})

    with pytest.raises(NoteBlocked, match="nickname is missing"):
        letter("{% if nickname %}x{% endif %}", subject="x").write({})


@given(
    st.dictionaries(st.sampled_from(["call_name", "name", "x"]), st.none() | st.text(max_size=5))
)
def test_no_words_whatever_leave_a_hole(words: dict[str, Any]) -> None:
    try:
        _, body = letter("Dear {{ call_name }},", subject="x").write(words)
    except NoteBlocked:
        return

    assert clean(to_text(body)).removeprefix("Dear").removesuffix(",").strip() != ""


@pytest.mark.parametrize("value", [True, ["a", "b"], {"a": 1}, 1.5, float("nan"), object()])
def test_a_value_that_is_no_words_stops_the_note(value: object) -> None:
    with pytest.raises(NoteBlocked, match=r"one\.md:1: "):
        letter("{{ name }}", subject="x").write({"name": value})


def test_a_word_may_be_asked_for_before_it_is_used() -> None:
    asking = letter("{% if order.items %}{{ order.items }}{% else %}it{% endif %}", subject="x")

    assert asking.write({"order": {}})[1] == "it"
    assert asking.write({"order": {"items": None}})[1] == "it"
    assert asking.write({"order": {"items": "a cup"}})[1] == "a cup"


@pytest.mark.parametrize(
    "body",
    [
        "{{ name.__class__ }}",
        "{{ name.__class__.__name__ }}",
        "{{ lipsum(1) }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ name.__init__.__globals__ }}",
        "{{ name / 2 }}",
        "{{ name[99] }}",
        "{{ order.keys() }}",
        "{{ 1 // 0 }}",
    ],
)
def test_an_expression_that_fails_stops_the_note_not_the_run(body: str) -> None:
    with pytest.raises(NoteBlocked, match=r"one\.md:1: "):
        letter(body, subject="x").write({"name": "Ada", "order": {"day": "x"}})


@pytest.mark.parametrize(
    "body",
    [
        "{% macro m() %}x{% endmacro %}",
        "{% set a %}x{% endset %}",
        "{% filter upper %}x{% endfilter %}",
        "{% include 'x' %}",
        "{% extends 'x' %}",
    ],
)
def test_what_would_be_escaped_twice_has_no_place_in_a_letter(body: str) -> None:
    with pytest.raises(Unreadable, match="no place in a letter"):
        letter(body)


def test_a_name_in_a_loop_or_set_is_no_word_of_the_note() -> None:
    written = letter("{% set a = name %}{% for b in items %}{{ b }}{{ a }}{% endfor %}", "x")

    assert [use.word for use in written.uses] == ["name", "items"]
    assert written.write({"name": "A", "items": ["1", "2"]})[1] == "1A2A"


def test_a_word_is_guarded_where_the_note_can_do_without() -> None:
    body = """
{{ a }} {% if b %}{{ c }}{% endif %} {{ d|default("x") }} {{ e or f }} {{ g if h }}
{{ i.j|upper }} {% for k in l %}{{ m }}{% endfor %} {{ n["o"] }} {{ p.q() }}
"""
    uses = letter(body, "x").uses

    assert [use.word for use in uses if not use.guarded] == ["a", "i.j", "l", "n.o", "p"]
    assert [use.word for use in uses if use.guarded] == ["b", "c", "d", "e", "f", "h", "g", "m"]
    assert {use.line for use in uses} == {2, 3}
