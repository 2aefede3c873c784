"""Column generation: restricted master, cuts, diving, integer master."""
