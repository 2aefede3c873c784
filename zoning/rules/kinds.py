"""The kinds of rules there are, in one list; a new one is added here."""

from __future__ import annotations

from typing import Any

from zoning.errors import InputError
from zoning.rules.border import Border
from zoning.rules.cannot_link import CannotLink
from zoning.rules.centers import Centers
from zoning.rules.contain import Contain
from zoning.rules.lock import Freeze, Lock
from zoning.rules.must_link import MustLink
from zoning.rules.own import OwnRule
from zoning.rules.pin import Pin
from zoning.rules.previous import Previous
from zoning.rules.radius import Radius
from zoning.rules.rule import Rule
from zoning.rules.soft_barrier import SoftBarrier
from zoning.rules.spread import Spread
from zoning.rules.target import Target
from zoning.text.arguments import Kind, Unlike, came

# Rules of a scenario stand in this order, and so do messages.
KINDS: tuple[type[Rule], ...] = (
    MustLink,
    CannotLink,
    Pin,
    Lock,
    Freeze,
    Contain,
    Border,
    SoftBarrier,
    Radius,
    Centers,
    Target,
    Spread,
    Previous,
)

# Other things that are called rules, and what takes them.
ELSEWHERE = {"LotRules": "zoning.bundle", "Rules": "zoning.award"}


def _rules(value: Any) -> tuple[Rule, ...]:
    """Rules in a tuple; one rule is taken as such."""
    one = isinstance(value, Rule) or _is_own(value)
    if one or type(value).__name__ in ELSEWHERE:
        value = (value,)
    if isinstance(value, str | bytes | dict | type) or not hasattr(value, "__iter__"):
        raise Unlike
    rules = tuple(value)
    for rule in rules:
        if not isinstance(rule, Rule) and not _is_own(rule):
            raise InputError(_is_no_rule(rule))
    return tuple(map(_taken, rules))


def _is_no_rule(rule: Any) -> str:
    called = ", ".join(kind.__name__ for kind in KINDS)
    msg = f"{came(rule)} is no rule. Rules are made by {called} of zoning.rules"
    if isinstance(rule, tuple | list):
        msg += "; put several into one list with a star, [*linked, *pinned]"
    msg += ", or are your own, with a method violations()."
    kind = type(rule).__name__
    return f"{msg} {kind} are for {ELSEWHERE[kind]}." if kind in ELSEWHERE else msg


def _is_own(value: Any) -> bool:
    return not isinstance(value, type) and callable(getattr(value, "violations", None))


def _taken(rule: Any) -> Rule:
    return rule if isinstance(rule, Rule) else OwnRule(rule)


RULES = Kind("rules in a tuple", _rules, "(zoning.rules.Radius(900),)")
