"""A plan as files: plan.json and the layers beside it, written and read back."""
