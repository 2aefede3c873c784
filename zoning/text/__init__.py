"""Words for people: what came up in files, numbers as typed, amounts and order told."""
