"""Set partitioning: columns that cover each row once, whole and at least cost.

A column is a zone of units, or a lot of zones. All engines take a `PartitioningMatrix`
with one whole cost per column and give a `Selection`; they differ in what they are
fast at, so the caller that knows its columns picks one:

* `cpsat`: up to some thousands of columns, and whatever is to be proved infeasible;
* `highs`: more columns than that, each of many rows: zones of a region;
* `large`: many rows and small columns, lots of zones: relaxation, cuts, then HiGHS or
  large neighbourhood search (`lns`);
* `labels`: zones that have names, by HiGHS over a relaxation of the names.

That nothing can be selected is always proved by CP-SAT, never HiGHS' word alone.
"""
