"""A large value that many workers read: written once, opened by memory map.

Arrays are files of their own, which every worker of a machine shares; what holds them
together is small. Workers on other machines need the same folder.
"""

from __future__ import annotations

import pickle
from functools import lru_cache
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np

HEAD = "head.pickle"
OPEN = 4  # values a worker keeps open


def store(value: object, folder: Path) -> None:
    """Write a value, its arrays as .npy files; the folder must be new.

    Whoever finds `HEAD` finds the rest.
    """
    arrays: list[pickle.PickleBuffer] = []
    head = cloudpickle.dumps(value, protocol=5, buffer_callback=arrays.append)
    folder.mkdir(parents=True)
    for at, array in enumerate(arrays):
        np.save(folder / f"{at}.npy", np.asarray(array.raw()))
    part = folder / f"{HEAD}.part"
    part.write_bytes(head)
    part.replace(folder / HEAD)


@lru_cache(OPEN)
def opened(folder: Path) -> Any:
    """A value that `store` wrote; what is changed in it is changed nowhere else.

    Only folders that a hub made are opened: the head is a pickle.

    Raises
    ------
    FileNotFoundError
        This machine does not see the folder.
    """
    head = (folder / HEAD).read_bytes()
    files = sorted(folder.glob("*.npy"), key=lambda path: int(path.stem))
    # copy on write: compiled code is made for arrays that may be written to
    return pickle.loads(head, buffers=[_mapped(path) for path in files])


def _mapped(path: Path) -> Any:
    try:
        return np.load(path, mmap_mode="c").view(np.ndarray)
    except ValueError:  # there is nothing to map
        return np.load(path)
