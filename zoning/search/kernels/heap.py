"""A heap in two arrays that the caller owns: the least key first, then the least item.

numba's lists count references and take seconds to compile.
"""

from __future__ import annotations

from zoning.search.kernels.compiled import inner


@inner
def push(keys, items, size, key, item):  # type: ignore[no-untyped-def]
    """Add one to a heap of `size`; gives its new size."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] < key or (keys[up] == key and items[up] <= item):
            break
        keys[at] = keys[up]
        items[at] = items[up]
        at = up
    keys[at] = key
    items[at] = item
    return size + 1


@inner
def drop(keys, items, size):  # type: ignore[no-untyped-def]
    """Take the first one (position 0) off a heap of `size`; gives its new size."""
    size -= 1
    key = keys[size]
    item = items[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        other = down + 1
        if other < size and (
            keys[other] < keys[down]
            or (keys[other] == keys[down] and items[other] < items[down])
        ):
            down = other
        if key < keys[down] or (key == keys[down] and item <= items[down]):
            break
        keys[at] = keys[down]
        items[at] = items[down]
        at = down
    keys[at] = key
    items[at] = item
    return size
