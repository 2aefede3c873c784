"""Models for CP-SAT and HiGHS: the only importers of ortools and highspy."""
