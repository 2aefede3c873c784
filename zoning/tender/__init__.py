"""From bids to winners: the tender, its rules, the award and its checker."""
