"""Models for CP-SAT and HiGHS: the only importers of ortools and highspy.

`cpsat` and `highs` set the solvers up, in one place each; the others are problems of
the field, which know no region and no plan: `set_partitioning`, `master_lp` (its linear
relaxation under column generation), `assignment` and `transportation` (both over
`assignment_pairs`, contiguity by `separators`), `p_median`, `winner_determination`.
`mip_builder` takes rows one after the other, for `most_different` and
`resource_bound`.
"""
