"""Jinja2 the way a letter needs it: nothing missing, nothing blank, data as data."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from traceback import walk_tb
from typing import Any

from jinja2 import (
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    nodes,
)
from jinja2.sandbox import SandboxedEnvironment

from appreciation.errors import NoteBlocked
from appreciation.words.figures import FILTERS, LANGUAGE
from appreciation.words.wording import Unreadable, Wording

# What an owner's expression can raise while it is worked out.
FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Signs that turn the writing direction round would reverse the rest of the letter.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
_BLANKS = re.compile(" {2,}")
_SIGNS = re.compile(r"[\\*_]")
_MARKUP = re.compile(r"[\\*_]|^[-+#>.)]")
_NUMBERED = re.compile(r"^(\d+)(?=[.)])")

# These write a text into a word and the word into the letter: escaped twice.
_NO_LETTER = (
    nodes.AssignBlock, nodes.Block, nodes.CallBlock, nodes.Extends, nodes.FilterBlock,
    nodes.FromImport, nodes.Import, nodes.Include, nodes.Macro,
)  # fmt: skip
_ASKING = (nodes.If, nodes.CondExpr, nodes.For, nodes.Test, nodes.And, nodes.Or, nodes.Not)
_DEFAULTS = frozenset({"default", "d"})


@dataclass(frozen=True, slots=True)
class Use:
    """One word in a template; ``guarded`` where the template can do without it."""

    word: str
    line: int
    guarded: bool


class Missing(StrictUndefined):
    """A word that may be asked for (``{% if call_name %}``) but not written down."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


class NotWords(ValueError):
    """A value that reads badly in a letter: ``None``, ``True``, a list."""


class _Environment(SandboxedEnvironment):
    """A sandbox in which ``order.items`` is the order's items, not a method of dict."""

    def getattr(self, obj: object, attribute: str) -> object:
        if isinstance(obj, Missing):
            return obj
        if not isinstance(obj, Mapping):
            return super().getattr(obj, attribute)
        value = obj.get(attribute)
        return Missing(obj=obj, name=attribute) if is_blank(value) else value

    def getitem(self, obj: object, argument: str | int) -> object:
        if isinstance(obj, Mapping) and isinstance(argument, str):
            return self.getattr(obj, argument)
        return super().getitem(obj, argument)


def is_blank(value: object) -> bool:
    """Say whether ``value`` would leave a hole in a sentence."""
    if isinstance(value, str):
        # A letter is seen; asking each sign takes five times as long.
        seen = value[:1].isalnum() or any(s.isprintable() and s != " " for s in value)
        return not seen
    return value is None or (isinstance(value, Collection) and not value)


def clean(value: object) -> str:
    """Return ``value`` as words on one line, without signs that nobody can see.

    Raises:
        NotWords: it is neither words nor a whole number.
        UndefinedError: it is a word that nobody gave.
    """
    if isinstance(value, StrictUndefined):
        return str(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotWords(f"{value!r} is not words")
    words = str(value)
    if not words.isprintable():
        words = _UNSEEN.sub("", _BREAKS.sub(" ", words))
    return (_BLANKS.sub(" ", words) if "  " in words else words).strip()


def escaped(value: object) -> str:
    """Return ``value`` cleaned, and so that Markdown reads it literally."""
    words = clean(value)
    # So are nearly all words, and there are several in each note: five times as fast.
    if words[:1].isalpha() and not _SIGNS.search(words):
        return words
    return _NUMBERED.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", words))


def value_of(words: Mapping[str, Any], word: str) -> object:
    """Return what the dotted ``word`` stands for in ``words``, None where nothing."""
    value: object = words
    for key in word.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


class Letter:
    """A wording ready to be written: compiled when first written, kept, used for everybody."""

    def __init__(self, wording: Wording) -> None:
        """Read ``wording``.

        Raises:
            Unreadable: a tag is misspelt, or is none for a letter.
        """
        self.path = str(wording.path)
        self._language = wording.language
        subject = _parsed(_SUBJECTS, wording.subject, wording.subject_line, self.path)
        body = _parsed(_BODIES, wording.body, wording.body_line, self.path)
        self.uses = [*words_used(subject), *words_used(body)]
        self._trees = subject, body

    @cached_property
    def _compiled(self) -> tuple[Template, Template]:
        # Half a millisecond each: most wordings are never written in the life of a process.
        subject, body = self._trees
        return (
            _compiled(_SUBJECTS, subject, self.path),
            _compiled(_BODIES, body, self.path),
        )

    def write(self, words: Mapping[str, Any]) -> tuple[str, str]:
        """Return subject and Markdown body, written with ``words``.

        Raises:
            NoteBlocked: a word is missing or an expression fails; with its
                name, the file and the line.
        """
        known = {
            word: Missing(name=word) if is_blank(value) else value for word, value in words.items()
        }
        # The region of a note's language is known when it is written: de-CH has its own thousands.
        known.setdefault(LANGUAGE, self._language)
        try:
            subject, body = self._compiled
            return clean(subject.render(known)), body.render(known).strip()
        except FAILURES as error:
            raise self._blocked(error, words) from error

    def _blocked(self, error: Exception, words: Mapping[str, Any]) -> NoteBlocked:
        lines = [
            line
            for frame, line in walk_tb(error.__traceback__)
            if frame.f_code.co_filename == self.path
        ]
        line = lines[-1] if lines else 1
        if isinstance(error, TemplateSyntaxError):
            # A filter that nobody has: found out when it is compiled.
            return NoteBlocked(f"{self.path}:{error.lineno}: {error.message}")
        here = (use.word for use in self.uses if use.line == line)
        missing = ", ".join(dict.fromkeys(word for word in here if is_blank(value_of(words, word))))
        wrong = f"{missing} is missing" if missing else str(error)
        return NoteBlocked(
            f"{self.path}:{line}: {wrong}",
            mend=f"fill in {missing or 'the word'}, or write the note without it",
        )


def words_used(tree: nodes.Template) -> list[Use]:
    """Return every word that the template uses, in branches not taken as well."""
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    return [use for use in _uses(tree) if use.word.partition(".")[0] not in own]


def _uses(node: nodes.Node, *, guarded: bool = False) -> Iterator[Use]:
    if word := _dotted(node):
        yield Use(word, node.lineno, guarded)
        return
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        node = nodes.List([node.node.node, *node.args], lineno=node.lineno)
    asks = isinstance(node, _ASKING) or (isinstance(node, nodes.Filter) and node.name in _DEFAULTS)
    for child in node.iter_child_nodes():
        is_walked = isinstance(node, nodes.For) and child is node.iter
        yield from _uses(child, guarded=guarded or (asks and not is_walked))


def _dotted(node: nodes.Node) -> str:
    """Return ``order.items`` for that expression, nothing for any other."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        before, key = _dotted(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        before, key = _dotted(node.node), node.arg.value
    else:
        return ""
    return f"{before}.{key}" if before else ""


def _parsed(environment: Environment, source: str, line: int, path: str) -> nodes.Template:
    try:
        # Moved down to where it stands in its file, so that every line told is the file's.
        tree = environment.parse("\n" * (line - 1) + source, filename=path)
    except TemplateSyntaxError as error:
        raise Unreadable(str(error.message), error.lineno) from error
    for node in tree.find_all(_NO_LETTER):
        tag = type(node).__name__.lower()
        raise Unreadable(f"a {tag} has no place in a letter; write it out", node.lineno)
    return tree


def _compiled(environment: Environment, tree: nodes.Template, path: str) -> Template:
    code = environment.compile(tree, path, path)
    return Template.from_code(environment, code, environment.make_globals(None))


def _environment(finalize: Callable[[object], str]) -> Environment:
    environment = _Environment(
        undefined=StrictUndefined, finalize=finalize, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    environment.filters.update(FILTERS)
    return environment


_SUBJECTS = _environment(clean)
_BODIES = _environment(escaped)
