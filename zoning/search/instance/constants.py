"""Numbers that stand for "no limit", "not allowed" and "no zone" in compiled code."""

from __future__ import annotations

import numpy as np

from zoning.problem import MOST_COST

NO_LIMIT = np.int64(2**60)
FAR = np.int64(MOST_COST)  # travel of a unit that its center may not serve: no plan
# that keeps the rules travels as much
NOBODY, ELSEWHERE = -1, -2  # former zone: none; one that is not among these
SCALE = 1024  # dual prices are whole multiples of 1 / SCALE yuan
