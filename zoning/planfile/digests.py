"""Digests of the parts of a plan.json: what was edited since it was written.

Most numbers in it are counted again. What was given – places, facts of buildings, who
touches whom, limits, bounds – cannot be; a digest of each part tells whether it still
stands as it was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

FREE = ("format", "software", "seconds", "digests")  # may differ from run to run


def digests_of(table: Mapping[str, Any]) -> dict[str, str]:
    """For each part of a plan.json, but those in `FREE`, its SHA-256.

    A program that writes 1.0 as 1, or keys in another order, changes nothing.
    """
    return {key: _digest(value) for key, value in table.items() if key not in FREE}


def edited_parts(table: Mapping[str, Any]) -> list[str]:
    """Parts that are not as they were written; none where nobody kept digests."""
    if "digests" not in table:
        return []
    now, then = digests_of(table), table["digests"]
    return [key for key in sorted({*now, *then}) if now.get(key) != then.get(key)]


def _digest(value: Any) -> str:
    text = json.dumps(_plain(value), ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
