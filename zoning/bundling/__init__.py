"""Zones made into lots: what sets there can be, their price, rules and stations."""
