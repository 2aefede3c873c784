"""Set partitioning: columns that cover each row once, whole and at least cost."""
