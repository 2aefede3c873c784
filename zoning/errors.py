"""The two errors of the library: the planner's to mend, and ours."""


class InputError(ValueError):
    """Something a planner can mend: a column, a file, a rule, a number.

    The message says what is wrong, where (ids), why it matters and how to mend it.
    """


class PlanError(RuntimeError):
    """A plan that breaks a rule was about to be returned: a bug of the library."""
