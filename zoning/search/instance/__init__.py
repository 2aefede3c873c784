"""A problem as plain arrays, parts of one, and zones of units in it."""
