"""Planners' rules: what they say, and what they make of the map and of numbers.

A rule is a frozen value that says what is wanted in terms of building ids (or names of
units) and columns of the building table. One module holds one rule, with all that is
asked of it; `rule` lists the questions, `kinds` the rules. `graph_edits` edits the map
by them, `compiled` makes numbers of them.
"""

from zoning.rules.asked import Drawn
from zoning.rules.border import Border
from zoning.rules.cannot_link import CannotLink, parted_by
from zoning.rules.centers import Centers
from zoning.rules.contain import Contain
from zoning.rules.kinds import KINDS, RULES
from zoning.rules.lock import Freeze, Lock, frozen_by, locked_by
from zoning.rules.must_link import MustLink, linked_by
from zoning.rules.own import OwnRule, UnknownRule
from zoning.rules.pin import Pin, pinned_by
from zoning.rules.places import amount_of_units, groups
from zoning.rules.previous import Previous
from zoning.rules.radius import Radius
from zoning.rules.rule import Rule
from zoning.rules.soft_barrier import SoftBarrier
from zoning.rules.spread import Spread
from zoning.rules.target import Target
from zoning.rules.terms import ApartTerm, CentersTerm, SumTerm, TogetherTerm
from zoning.rules.violation import Violation

__all__ = [
    "KINDS",
    "RULES",
    "ApartTerm",
    "Border",
    "CannotLink",
    "Centers",
    "CentersTerm",
    "Contain",
    "Drawn",
    "Freeze",
    "Lock",
    "MustLink",
    "OwnRule",
    "Pin",
    "Previous",
    "Radius",
    "Rule",
    "SoftBarrier",
    "Spread",
    "SumTerm",
    "Target",
    "TogetherTerm",
    "UnknownRule",
    "Violation",
    "amount_of_units",
    "frozen_by",
    "groups",
    "linked_by",
    "locked_by",
    "parted_by",
    "pinned_by",
]
