"""Other plans: edited, alternative, at other limits; and how they compare."""
