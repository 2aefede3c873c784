"""What long searches keep, so that they go on after whatever cut them off."""
