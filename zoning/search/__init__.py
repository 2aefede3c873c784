"""Strategies: ways to look for plans and to prove bounds."""
