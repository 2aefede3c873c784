"""Strategies: how plans are sought and bounds proved, part by part."""
