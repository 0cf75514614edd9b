"""Conditions as a person types them, `config.lr > 0.001 and config.model = 'x'`, parsed and never pasted into SQL.

    condition  = comparison | condition and condition | condition or condition | not condition | (condition)
    comparison = field < <= = != >= > literal | field like 'a%' | field [not] in (literal, …) | field is [not] null
    field      = config.NAME | summary.NAME | values.NAME | a column of runs or items; NAME may be "quoted"
    literal    = a number | 'a text' | true | false

A field compared to a number is read as a number: where it is none, the comparison does not hold, as in SQL.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from mediastore.errors import MediaStoreValueError, shortened

OF_RUN, OF_ITEM = "run", "item"
JSON_COLUMNS = {"config": OF_RUN, "summary": OF_RUN, "values": OF_ITEM}
NUMBERS = {
    OF_RUN: "created updated".split(),
    OF_ITEM: "step index width height sample_rate channels duration_s fps frames rows bytes time".split(),
}
TEXTS = {
    OF_RUN: "project run name status notes run_group job_type".split(),
    OF_ITEM: "key kind caption sample codec problem sha256".split(),
}
LONGEST = 4000
DEEPEST = 60
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?P<text>'(?:[^']|'')*')
    |(?P<name>(?:[^\W\d]\w*|"(?:[^"]|"")+")(?:[./-](?:\w+|"(?:[^"]|"")+"))*)|(?P<sign><=|>=|<>|!=|==|[<>=(),]))""",
    re.VERBOSE,
)
_PIECE = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
_SIGNS = {"==": "=", "!=": "<>"}
_WORDS = ("and", "or", "not", "in", "is", "null", "like", "true", "false")


class Marks(Protocol):
    """What binds values: their placeholders come back."""

    def marks(self, name: str, values: list[Any]) -> str: ...


@dataclass(slots=True)
class _Part:
    """A piece of the text: which fields it reads, and how it becomes SQL where rows are `about` runs or items."""

    render: Callable[[str], str]
    about: frozenset[str] = frozenset()
    conjuncts: list["_Part"] = field(default_factory=list)


def conditions(text: str, about: str, binding: Marks) -> list[str]:
    """What the text demands of runs (`about` "run"), or of items beyond that ("item"), as SQL conditions.

    Raises MediaStoreValueError with the place where it cannot be read.
    """
    whole = _Parser(text, binding).whole()
    parts = whole.conjuncts or [whole]
    return [part.render(about) for part in parts if (OF_ITEM if OF_ITEM in part.about else OF_RUN) == about]


def speaks_of_items(text: str) -> bool:
    """Whether the text asks for something of an item."""
    return OF_ITEM in _Parser(text, _Unbound()).whole().about


class _Unbound:
    def marks(self, name: str, values: list[Any]) -> str:
        return name


class _Parser:
    def __init__(self, text: str, binding: Marks) -> None:
        if len(text) > LONGEST:
            raise MediaStoreValueError(f"where must have at most {LONGEST} characters, got {len(text)}; ask for less")
        self._text = text
        self._binding = binding
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0
        self._bound = 0

    def whole(self) -> _Part:
        part = self._either()
        if self._kind() != "end":
            raise self._unexpected("and, or, or the end")
        return part

    def _either(self) -> _Part:
        parts = [self._both()]
        while self._take_word("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else _joined(parts, " or ")

    def _both(self) -> _Part:
        parts = [self._one()]
        while self._take_word("and"):
            parts.append(self._one())
        if len(parts) == 1:
            return parts[0]
        flat = [inner for part in parts for inner in part.conjuncts or [part]]
        whole = _joined(flat, " and ")
        whole.conjuncts = flat
        return whole

    def _one(self) -> _Part:
        self._depth += 1
        if self._depth > DEEPEST:
            raise MediaStoreValueError(f"where must nest at most {DEEPEST} deep, got more; write it flatter")
        try:
            if self._take_word("not"):
                inner = self._one()
                return _Part(lambda about: f"not {inner.render(about)}", inner.about)
            if self._take_sign("("):
                inner = self._either()
                self._expect_sign(")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> _Part:
        if self._kind() != "name" or self._value().lower() in _WORDS:
            raise self._unexpected("a field such as config.lr")
        name = self._next()
        if self._take_word("is"):
            negated = "not " if self._take_word("not") else ""
            self._expect_word("null")
            return self._part(name, None, lambda read: f"({read} is {negated}null)")
        if self._take_word("like"):
            mark = self._mark(self._literal(str))
            return self._part(name, "", lambda read: f"({read} like {mark})")
        negated = "not " if self._take_word("not") else ""
        if self._take_word("in"):
            return self._among(name, negated)
        if negated or self._kind() != "sign" or self._value() in "(),":
            raise self._unexpected("one of < <= = != >= >, like, in, is null")
        sign = self._next()
        literal = self._literal()
        mark = self._mark(literal)
        return self._part(name, literal, lambda read: f"({read} {_SIGNS.get(sign, sign)} {mark})")

    def _among(self, name: str, negated: str) -> _Part:
        self._expect_sign("(")
        found = [self._literal()]
        while self._take_sign(","):
            found.append(self._literal(type(found[0])))
        self._expect_sign(")")
        marks = ", ".join(self._mark(literal) for literal in found)
        return self._part(name, found[0], lambda read: f"({read} {negated}in ({marks}))")

    def _literal(self, accepted: type | None = None) -> float | str:
        kind, said, value = self._kind(), "a number, a 'text', true or false", self._value()
        if kind == "number":
            found: float | str = float(value)
        elif kind == "text":
            found = value[1:-1].replace("''", "'")
        elif kind == "name" and value.lower() in ("true", "false"):
            found = value.lower()
        else:
            raise self._unexpected(said)
        if accepted is not None and not isinstance(found, accepted):
            raise self._unexpected("a 'text'" if accepted is str else "a number")
        self._next()
        return found

    def _part(self, name: str, literal: float | str | None, compare: Callable[[str], str]) -> _Part:
        pieces = [quoted.replace('""', '"') or plain for quoted, plain in _PIECE.findall(name)]
        column = pieces[0].lower()
        if column in JSON_COLUMNS:
            if len(pieces) == 1:
                raise MediaStoreValueError(f"where must name a field of {column}, got {column} alone; as {column}.lr")
            mark, of = self._mark(".".join(pieces[1:])), JSON_COLUMNS[column]
            form = {float: "nullif(num({column}, {mark}), 'nan')", str: "str({column}, {mark})"}
            form[type(None)] = form[str]
            read = form[type(literal)].format(column="{column}", mark=mark)
            return _Part(lambda about: compare(read.format(column=_placed(column, of, about))), frozenset([of]))
        of = next((of for of in (OF_RUN, OF_ITEM) if column in NUMBERS[of] + TEXTS[of]), None)
        if of is None or len(pieces) > 1:
            known = ", ".join([*(f"{name}.…" for name in JSON_COLUMNS), *(_columns(OF_RUN) + _columns(OF_ITEM))])
            raise MediaStoreValueError(f"where must compare one of {known}, got {shortened(name)}; choose one of them")
        wanted = float if column in NUMBERS[of] else str
        if literal is not None and not isinstance(literal, wanted):
            said = "a number" if wanted is float else "a 'text'"
            raise MediaStoreValueError(f"where must compare {column} to {said}, got {shortened(literal)}; give one")
        return _Part(lambda about: compare(_placed(column, of, about)), frozenset([of]))

    def _mark(self, value: Any) -> str:
        self._bound += 1
        return self._binding.marks(f"where_{self._bound}", [value])

    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _value(self) -> str:
        return self._tokens[self._at][1]

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _take_word(self, word: str) -> bool:
        found = self._kind() == "name" and self._value().lower() == word
        self._at += found
        return found

    def _take_sign(self, sign: str) -> bool:
        found = self._kind() == "sign" and self._value() == sign
        self._at += found
        return found

    def _expect_word(self, word: str) -> None:
        if not self._take_word(word):
            raise self._unexpected(word)

    def _expect_sign(self, sign: str) -> None:
        if not self._take_sign(sign):
            raise self._unexpected(sign)

    def _unexpected(self, accepted: str) -> MediaStoreValueError:
        _, value, place = self._tokens[self._at]
        got = shortened(value) if value else "the end"
        return MediaStoreValueError(f"where must have {accepted} at character {place + 1}, got {got}; mend it there")


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if not found:
            place = len(text) - len(text[at:].lstrip())
            raise MediaStoreValueError(
                f"where must be comparisons joined by and, or, got {shortened(text[place:], 30)} at character "
                f"{place + 1}; mend it there"
            )
        yield str(found.lastgroup), found[str(found.lastgroup)], found.start(str(found.lastgroup))
        at = found.end()
    yield "end", "", len(text)


def _joined(parts: list[_Part], word: str) -> _Part:
    about = frozenset().union(*(part.about for part in parts))
    return _Part(lambda about: f"({word.join(part.render(about) for part in parts)})", about)


def _columns(of: str) -> list[str]:
    return TEXTS[of] + NUMBERS[of]


def _placed(column: str, of: str, about: str) -> str:
    """The column where it stands; that of a run, for rows of items, is looked up."""
    if of == about:
        return column
    return f"(select runs.{column} from store.runs runs where runs.folder = items.folder)"
