"""Lagrangian bounds: every unit served once is relaxed, at prices."""
