"""A problem as arrays, windows of one, and zones of units in them."""
