"""The pricing problem: zones of least reduced cost around each center."""
