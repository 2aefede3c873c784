"""A certificate of a plan's bound, and the small program that rechecks it."""
