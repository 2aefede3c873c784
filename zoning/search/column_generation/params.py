"""Settings of column generation, all in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MasterParams:
    """How the restricted master is priced, cut and kept small.

    Parameters
    ----------
    lagrangian_share
        Part of the time that goes to the Lagrangian bound, which gives the first duals.
    max_lagrangian_units
        With more units it is left out: the dilated space does not fit the time.
    smoothing
        Weight of the best duals so far in those priced with, at first.
    first_nodes, last_nodes
        Nodes of the search around a center, at first and at most.
    max_finds
        Ever cheaper zones around one center, in one pricing.
    cuts_per_round
        Subset-row cuts added at a time, or a third of the units if that is more.
    purge_share
        Where at most such a part of the columns is of use, the others are forgotten.
    max_residual_columns
        The cheapest columns that go on to the residual problem of a dive.
    max_cpsat_columns
        Among so many CP-SAT selects as fast as HiGHS does; among more HiGHS is faster.
    """

    lagrangian_share: float = 0.15
    max_lagrangian_units: int = 5_000
    smoothing: float = 0.6
    first_nodes: int = 500
    last_nodes: int = 1_000_000
    max_finds: int = 50
    cuts_per_round: int = 60
    purge_share: float = 0.5
    max_residual_columns: int = 5_000
    max_cpsat_columns: int = 4_000


@dataclass(frozen=True)
class DivingParams:
    """How deep and wide dives go.

    Parameters
    ----------
    max_pool_columns, pool_seconds
        Columns met so far that the integer master selects from before a dive, and the
        seconds it has at most.
    sure
        Columns the relaxation takes by so much are fixed together; else one is.
    max_columns, max_units
        A dive ends where so many zones are left, which are enumerated where so many
        units are left.
    max_discrepancies
        Columns fixed in place of others, at most so many below one another.
    """

    max_pool_columns: int = 4_000
    pool_seconds: float = 6.0
    sure: float = 0.8
    max_columns: int = 4_000
    max_units: int = 150
    max_discrepancies: int = 3


@dataclass(frozen=True)
class ColumnGenerationParams:
    """How the time is shared among relaxation, cuts, dives and the integer master.

    Parameters
    ----------
    master, diving
        Of the parts.
    first_share
        Part of the time for the first relaxation; where it takes longer a dive is next.
    max_cut_rounds
        Rounds of cuts.
    dive_every, dive_share
        A dive each so many rounds of cuts (before them it seldom finds anything), for
        such a part of the time left; half as much after a dive that found nothing.
    last_dive_share
        Part of the time left for a dive once there are no more cuts.
    sure_columns
        Among so many enumerated zones a plan is selected at once.
    max_columns, max_rounds, min_seconds
        Among so many it is tried, if that takes no longer than so many rounds of cuts,
        and these so many seconds.
    last_max_columns
        Among so many it is tried once there are no more cuts.
    """

    master: MasterParams = MasterParams()
    diving: DivingParams = DivingParams()
    first_share: float = 0.6
    max_cut_rounds: int = 30
    dive_every: int = 4
    dive_share: float = 0.12
    last_dive_share: float = 0.5
    sure_columns: int = 1_000
    max_columns: int = 10_000
    max_rounds: float = 3.0
    min_seconds: float = 1.0
    last_max_columns: int = 20_000


PARAMS = ColumnGenerationParams()
