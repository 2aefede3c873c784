"""What a look proves impossible before any search."""
