"""Sets of centers, and units shared out among them."""
