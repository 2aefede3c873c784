"""What compiled code stands on: how it is compiled, heaps, random numbers."""
