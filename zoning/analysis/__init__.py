"""What a plan is worth knowing: why, what else, what it would take."""
