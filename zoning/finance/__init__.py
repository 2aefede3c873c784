"""Subsidy and break-even of lots, and what they hang on."""
