"""JSON and TOML, changed as trees: still well formed, no longer what was meant."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any

from tests.fuzz import hostile

_MOST = 20_000  # members that a list is repeated to


def _inner(tree: Any) -> list[Any]:
    """Keys of a table, or positions in a list, that is not empty."""
    if isinstance(tree, dict):
        return [*tree]
    return [*range(len(tree))] if isinstance(tree, list) else []


def _place(tree: Any, chance: Random) -> tuple[Any, Any]:
    """A container somewhere in a tree, and one of its keys: deep ones no likelier."""
    while True:
        key = chance.choice(_inner(tree))
        if not _inner(tree[key]) or chance.random() < 0.2:
            return tree, key
        tree = tree[key]


def put(tree: Any, key: Any, chance: Random) -> None:
    tree[key] = hostile.value(chance)


def drop(tree: Any, key: Any, chance: Random) -> None:  # noqa: ARG001 - as all
    del tree[key]


def twice(tree: Any, key: Any, chance: Random) -> None:
    if isinstance(tree, list):
        tree.insert(chance.randrange(len(tree) + 1), copy.deepcopy(tree[key]))
        return
    twin = chance.choice((f"{key} ", f"{key}\u200b", str(key).upper(), f"{key}_1", ""))
    tree[twin] = copy.deepcopy(tree[key])


def many(tree: Any, key: Any, chance: Random) -> None:
    if isinstance(tree, list):
        tree[:] = (tree * chance.choice((3, 50, 2_000)))[: max(len(tree), _MOST)]
    else:
        tree.update({f"{key}{n}": tree[key] for n in range(chance.choice((9, 900)))})


def retype(tree: Any, key: Any, chance: Random) -> None:
    old = tree[key]
    ways: list[Any] = [[old], {"a": old}, str(old), [old, old], not old]
    if isinstance(old, int | float):
        ways += [-old, old * 1_000, old // 3, f"{old} m²", f"{old}", old + 1]
    if isinstance(old, str):
        ways += [old[:1], old * 40, old[::-1], old.lower(), f" {old} ", len(old)]
    if isinstance(old, list):
        ways += [dict(enumerate(map(str, old[:5]))), old[::-1], old[:1], old[1:]]
    tree[key] = chance.choice(ways)


def nudge(tree: Any, key: Any, chance: Random) -> None:
    """A value of the same kind, that may well be meant."""
    old = tree[key]
    if isinstance(old, bool):
        tree[key] = not old
    elif isinstance(old, int | float):
        ways = (old + 1, old - 1, old * 2, old // 2, 0, 1, -old, old * 1_000, 10**6)
        tree[key] = chance.choice(ways)
    elif isinstance(old, str):
        words = [one for one in _leaves(tree) if isinstance(one, str)]
        tree[key] = chance.choice((*words, *hostile.WORDS[:20], old + "1", old[:-1]))
    elif isinstance(old, list) and old:
        tree[key] = chance.choice((old[1:], old[:-1], old + old[-1:], old[::-1]))
    else:
        tree[key] = copy.deepcopy(tree[chance.choice(_inner(tree))])


def _leaves(tree: Any) -> Iterator[Any]:
    for key in _inner(tree)[:50]:
        inner = tree[key]
        yield from _leaves(inner) if isinstance(inner, dict | list) else (inner,)


def swap(tree: Any, key: Any, chance: Random) -> None:
    other = chance.choice(_inner(tree))
    tree[key], tree[other] = tree[other], tree[key]


def rename(tree: Any, key: Any, chance: Random) -> None:
    if isinstance(tree, dict):
        tree[hostile.word(chance)] = tree.pop(key)
    else:
        chance.shuffle(tree)


def add(tree: Any, key: Any, chance: Random) -> None:
    if isinstance(tree, dict):
        tree[hostile.word(chance)] = hostile.value(chance)
    else:
        tree.insert(key, hostile.value(chance))


Change = Callable[[Any, Any, Random], None]
CHANGES: tuple[Change, ...] = (
    *(
        put,
        put,
        put,
        nudge,
        nudge,
        nudge,
        nudge,
        drop,
        drop,
        twice,
        many,
        retype,
        retype,
        swap,
        rename,
        add,
    ),
)


def mutated(tree: Any, chance: Random) -> Any:
    """A copy with one to four changes."""
    made = [copy.deepcopy(tree)]  # so that the whole has a place of its own
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        holder = made if not _inner(made[0]) or chance.random() < 0.01 else made[0]
        inside, key = _place(holder, chance)
        chance.choice(CHANGES)(inside, key, chance)
        if not made:
            made = [None]
    return made[0]


def as_json(tree: Any, chance: Random) -> bytes:
    """Text of a tree, at times as no strict writer has it."""
    text = json.dumps(tree, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.03:
        text = text.replace("{", '{"type": 1, "type": "Feature", ', 1)
    return text.encode("utf-8", "surrogatepass")


def as_toml(tables: Any) -> bytes:
    """A line for each key, tables within them in braces."""
    if not isinstance(tables, dict):
        return _inline(tables).encode("utf-8", "replace")
    lines = [f"{_text(key)} = {_inline(one)}\n" for key, one in tables.items()]
    return "".join(lines).encode("utf-8", "replace")


def _text(words: object) -> str:
    return json.dumps(str(words), ensure_ascii=False)


def _inline(one: Any) -> str:
    if isinstance(one, dict):
        pairs = (f"{_text(key)} = {_inline(inner)}" for key, inner in one.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(one, list):
        return f"[{', '.join(map(_inline, one))}]"
    if isinstance(one, bool):
        return str(one).lower()
    if isinstance(one, float) and not math.isfinite(one):
        return "nan" if math.isnan(one) else f"{'-' * (one < 0)}inf"
    if isinstance(one, int | float | date):
        return str(one)
    return _text("" if one is None else one)
