"""One file of all a planner sets: figures, bands, rules, and settings of lots."""

from zoning.scenario.scenario import (
    LEGAL_AREA,
    Scenario,
    from_tables,
    read_scenario_file,
)

__all__ = [
    "LEGAL_AREA",
    "Scenario",
    "from_tables",
    "read_scenario_file",
]
