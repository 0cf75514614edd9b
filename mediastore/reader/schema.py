"""The JSON Schema of a sidecar, made from the rules that readers go by."""

from collections.abc import Callable, Mapping
from typing import Any

from mediastore import sidecar
from mediastore.reader import well_formed

NUMBER, INTEGER, TEXT = {"type": "number"}, {"type": "integer", "minimum": 0}, {"type": "string"}
POINT = {"type": "array", "items": {"type": ["number", "null"]}, "minItems": 2, "maxItems": 3}
OF_RULE: Mapping[Callable[[Any], bool], Mapping[str, Any]] = {
    well_formed._text: TEXT,
    well_formed._count: INTEGER,
    well_formed._number: NUMBER,
    well_formed._finite: NUMBER,
    well_formed._size: {"type": "number", "exclusiveMinimum": 0},
    well_formed._length: {"type": "number", "minimum": 0},
    well_formed._map: {"type": "object"},
    well_formed._list: {"type": "array"},
    well_formed._texts: {"type": "array", "items": TEXT},
    well_formed._box: {"type": "array", "items": NUMBER, "minItems": 4, "maxItems": 4},
    well_formed._span: {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
    well_formed._points: {"type": "array", "items": POINT, "minItems": 1},
    well_formed._bones: {"type": "array", "items": {"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 2}},
    well_formed._classes: {"type": "object", "propertyNames": {"pattern": "^[0-9]+$"}, "additionalProperties": TEXT},
    well_formed._rle: {
        "type": "object",
        "required": ["size", "counts"],
        "properties": {
            "size": {"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 2},
            "counts": {"anyOf": [TEXT, {"type": "array", "items": INTEGER}]},
        },
    },
}


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one sidecar, which is one line of a journal of items; unknown fields are allowed."""
    annotation = {"type": "object", "properties": _properties(well_formed.ANNOTATION), "required": ["type"]}
    written = {name: rule for name, rule in well_formed.ITEM.items() if name != "path"}
    fields = {"format": {"const": sidecar.FORMAT}, **_properties(written)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A sidecar of a mediastore, format {sidecar.FORMAT}",
        "type": "object",
        "required": ["format", "project", "run", "key", "step", "kind"],
        "properties": fields | {"annotations": {"type": "array", "items": annotation}},
    }


def _properties(rules: Mapping[str, Callable[[Any], bool]]) -> dict[str, Any]:
    return {name: dict(OF_RULE[rule]) for name, rule in rules.items()}
