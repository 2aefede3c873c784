"""Zones of any graph: nodes with a load and a place, edges that say who touches whom.

Run it with ``python examples/own_graph.py``.
"""

import argparse

import networkx as nx

from zoning.problem import Problem
from zoning.region import Region
from zoning.solve import solve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time", type=float, default=30.0)
    asked = parser.parse_args()

    # six by four villages, a day's walk apart; a lake where two of them would be
    graph = nx.grid_2d_graph(6, 4)
    graph.remove_nodes_from([(2, 1), (2, 2)])
    for x, y in graph:
        graph.nodes[x, y].update(x=1_000.0 * x, y=1_000.0 * y, load=10_000 + 500 * x)

    region = Region.from_networkx(graph)
    problem = Problem(region, num_zones=4, tolerance=0.15)
    result = solve(problem, time_limit=asked.time, seed=1)
    if result.plan is None:
        raise SystemExit(f"No plan: {result.reason}")

    print(f"{result.status}: {result.cost:,} yuan a year, gap {result.gap:.1%}")
    for number, units in enumerate(result.plan.zones, 1):
        print(f"Zone {number}: {'; '.join(region.names[i] for i in units)}")


if __name__ == "__main__":
    main()
