"""Zones and lots planned together."""
