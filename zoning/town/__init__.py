"""A made-up old town, drawn stage by stage."""
