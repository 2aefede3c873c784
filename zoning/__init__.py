"""Contiguous zones of buildings, balanced for cost, and tender lots of three zones."""
