"""Simulated annealing of plans, and plans to begin with."""
