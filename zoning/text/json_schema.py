"""JSON Schema: what a value must be, as data; and in words where it is not.

The part of JSON Schema that our files need. Validators of others tell faults in words
for programmers, and load as long as all of this library.

References
----------
JSON Schema, draft 2020-12, https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from zoning.text.amounts import is_number

Schema: TypeAlias = Mapping[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": ["string", "number"]}  # 3 may be written without quotes

_BEYOND = 10**300  # no number that a file may hold
_IS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "object": ("a table of keys", lambda value: isinstance(value, Mapping)),
    "array": ("a list", lambda value: isinstance(value, list)),
    "string": ("a text", lambda value: isinstance(value, str)),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "integer": ("a whole number", lambda value: type(value) is int),
    "number": ("a number", lambda value: is_number(value, -_BEYOND, _BEYOND)),
    "null": ("null", lambda value: value is None),
}


def table(
    properties: Mapping[str, Schema], *, needs: tuple[str, ...] = (), **more: Any
) -> Schema:
    """A table with these keys, and others that nothing is asked of."""
    needed = {"required": list(needs)} if needs else {}
    return {"type": "object", **needed, "properties": dict(properties), **more}


def table_of(each: Schema, **named: Schema) -> Schema:
    """A table of any keys whose values are all alike, but for those named."""
    made = {"type": "object", "additionalProperties": each}
    return {**made, "properties": named} if named else made


def list_of(each: Schema, **more: Any) -> Schema:
    """A list of what is all alike."""
    return {"type": "array", "items": each, **more}


def whole(low: int, high: int) -> Schema:
    """A whole number of a range, both ends included."""
    return {"type": "integer", "minimum": low, "maximum": high}


def number(low: float, high: float) -> Schema:
    """A number of a range, both ends included."""
    return {"type": "number", "minimum": low, "maximum": high}


def one_of(*words: str) -> Schema:
    """One of these words."""
    return {"enum": list(words)}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def wrong(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """Everything in a value that is not as its schema asks for, in words.

    Examples
    --------
    >>> plan = table({"bound": whole(0, 9), "units": list_of(TEXT)}, needs=("units",))
    >>> [*wrong({"bound": 12}, plan)]
    ["The file lacks the key 'units'.", 'bound is 12; it must be a whole number from \
0 to 9.']
    """
    if not _fits(value, schema):
        yield f"{path} is {reprlib.repr(value)}; it must be {_in_words(schema)}."
        return
    if isinstance(value, Mapping):
        for key in schema.get("required", ()):
            if key not in value:
                yield f"{path or 'The file'} lacks the key {key!r}."
        named, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, one in value.items():
            if inner := named.get(key, others):
                yield from wrong(one, inner, f"{path}.{key}".lstrip("."))
        if "if" in schema and not any(wrong(value, schema["if"])):
            yield from wrong(value, schema["then"], path)
    elif isinstance(value, list) and "items" in schema:
        for at, one in enumerate(value):
            yield from wrong(one, schema["items"], f"{path}[{at}]")


def _types(schema: Schema) -> list[str]:
    told = schema.get("type", [])
    return [told] if isinstance(told, str) else list(told)


def _fits(value: Any, schema: Schema) -> bool:
    """Whether a value itself, not what is in it, is as asked for."""
    if "enum" in schema:
        return any(value == one for one in schema["enum"])
    types = _types(schema)
    if types and not any(_IS[name][1](value) for name in types):
        return False
    if isinstance(value, list):
        most = schema.get("maxItems", len(value))
        return bool(schema.get("minItems", 0) <= len(value) <= most)
    if isinstance(value, int | float):
        low, high = schema.get("minimum", -_BEYOND), schema.get("maximum", _BEYOND)
        return bool(low <= value <= high)
    return True


def _in_words(schema: Schema) -> str:
    if "enum" in schema:
        return " or ".join(schema["enum"])
    words = [_IS[name][0] for name in _types(schema) if name != "null"]
    told = " or ".join(words)
    if "maxItems" in schema:
        told += f" of {schema['maxItems']}"
    if "maximum" in schema:
        told += f" from {schema['minimum']:,} to {schema['maximum']:,}"
    return told + (", or null" if "null" in _types(schema) else "")
