"""Where independent pieces of work run: here, in threads, in processes, on machines."""
