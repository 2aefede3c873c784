"""Planners' rules: what they say, and what they make of the map and of numbers.

A rule is a frozen value that says what is wanted in terms of building ids (or names of
units) and columns of the building table. One module holds one rule, with all that is
asked of it; `rule` lists the questions, `kinds` the rules. `graph_edits` edits the map
by them, `compiled` makes numbers of them.
"""

from zoning.rules.border import Border
from zoning.rules.cannot_link import CannotLink, parted_by
from zoning.rules.centers import Centers
from zoning.rules.contain import Contain
from zoning.rules.kinds import KINDS, RULES
from zoning.rules.lock import Freeze, Lock, frozen_by, locked_by
from zoning.rules.must_link import MustLink, linked_by
from zoning.rules.pin import Pin, pinned_by
from zoning.rules.places import groups
from zoning.rules.previous import Previous
from zoning.rules.radius import Radius
from zoning.rules.rule import Rule
from zoning.rules.soft_barrier import SoftBarrier
from zoning.rules.spread import Spread
from zoning.rules.target import Target

__all__ = [
    "KINDS",
    "RULES",
    "Border",
    "CannotLink",
    "Centers",
    "Contain",
    "Freeze",
    "Lock",
    "MustLink",
    "Pin",
    "Previous",
    "Radius",
    "Rule",
    "SoftBarrier",
    "Spread",
    "Target",
    "frozen_by",
    "groups",
    "linked_by",
    "locked_by",
    "parted_by",
    "pinned_by",
]
