"""Reasons: why a building is where it is, why there is no plan, what rules cost."""
