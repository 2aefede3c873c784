"""Rows of results: one JSON object a line, with all that is needed to repeat it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Row = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).resolve().parent / "results"
LARGEST = 100_000  # bytes of a row that is kept in the repository with its labels
PACKAGES = ("ortools", "numba", "numpy", "highspy")


@cache
def commit() -> str:
    """Short hash of the checkout, plus a digest of `zoning/` where that was changed."""
    try:
        head = _git("rev-parse", "--short=8", "HEAD")
        if not _git("status", "--porcelain", "--", "zoning"):
            return head
    except (OSError, subprocess.CalledProcessError):
        head = "none"
    digest = hashlib.sha256()
    for path in sorted((ROOT / "zoning").rglob("*.py")):
        digest.update(path.read_bytes())
    return f"{head}+{digest.hexdigest()[:6]}"


def _git(*words: str) -> str:
    command = ["git", "-C", str(ROOT), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@cache
def machine() -> str:
    """Processor, cores and memory of this machine in a line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        model = named[0].split(":", 1)[1].strip() if named else model
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory = f", {size / 2**30:.0f} GB"
    return f"{model}, {os.cpu_count()} cores{memory}, {platform.system()}"


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Python's version and those of packages, ``"-"`` for one that is missing."""
    found = {"python": platform.python_version()}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "-"
    return found


def context(packages: Iterable[str] = PACKAGES) -> Row:
    """What every row records of the circumstances."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(),
        "machine": machine(),
        "versions": versions(packages),
    }


def default_file() -> Path:
    """`results/<date>-<commit>.jsonl`, or the one this commit already has."""
    started = sorted(RESULTS.glob(f"*-{commit()}.jsonl"))
    today = f"{datetime.now(UTC):%Y-%m-%d}-{commit()}.jsonl"
    return started[-1] if started else RESULTS / today


def read_rows(path: Path) -> Iterator[Row]:
    """Rows of a file; a line that was cut off by a crash is left out."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict):
            yield row


def append(path: Path, row: Row, *, largest: int | None = None) -> None:
    """Add a row at once, so that an interrupted run loses none.

    With `largest`, labels that make the row longer than so many bytes are replaced by
    their digest.
    """
    text = _line(row)
    if largest is not None and len(text) > largest and row.get("labels"):
        text = _line(row | {"labels": None, "labels_sha256": digest(row["labels"])})
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if torn else "") + text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _line(row: Row) -> str:
    return json.dumps(
        row,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=lambda number: number.item(),  # numpy's
    )


def digest(labels: ArrayLike) -> str:
    """SHA-256 of the labels as 32-bit little-endian numbers."""
    return hashlib.sha256(np.asarray(labels, "<i4").tobytes()).hexdigest()


def finished(path: Path, keys: tuple[str, ...]) -> set[tuple[Any, ...]]:
    """What `keys` say of the rows that need not be run again: all but errors."""
    return {
        tuple(row.get(key) for key in keys)
        for row in read_rows(path)
        if row.get("status") != "error"
    }
