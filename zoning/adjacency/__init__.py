"""Who touches whom: rules by which buildings are neighbours."""

from zoning.adjacency.rules import (
    Adjacency,
    Buildings,
    Delaunay,
    Neighbours,
    Tessellation,
    Within,
    connect,
)

__all__ = [
    "Adjacency",
    "Buildings",
    "Delaunay",
    "Neighbours",
    "Tessellation",
    "Within",
    "connect",
]
