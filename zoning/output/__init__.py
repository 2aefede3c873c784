"""Everything that is written: the plan, its papers and its pictures."""
