"""Who touches whom: rules by which buildings are neighbours."""

from zoning.adjacency.buildings import Buildings
from zoning.adjacency.neighbours import Neighbours, connect
from zoning.adjacency.rules import Adjacency, Delaunay, Tessellation, Within

__all__ = [
    "Adjacency",
    "Buildings",
    "Delaunay",
    "Neighbours",
    "Tessellation",
    "Within",
    "connect",
]
