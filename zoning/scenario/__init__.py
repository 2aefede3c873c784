"""One file of all a planner sets: figures, bands, rules, and settings of lots."""

from zoning.scenario.profile import read_profile
from zoning.scenario.scenario import (
    Scenario,
    from_tables,
    read_scenario_file,
)
from zoning.scenario.shipped import shipped_profiles, shipped_scenarios

__all__ = [
    "Scenario",
    "from_tables",
    "read_profile",
    "read_scenario_file",
    "shipped_profiles",
    "shipped_scenarios",
]
