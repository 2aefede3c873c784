"""Mutated files and options put through the real command, one case after another.

``make fuzz`` runs many; ``python -m tests.fuzz --seed 2 --case 7`` runs one again.

What is mutated is in `hostile` (values), `blobs` (bytes), `trees` (JSON, TOML),
`sheets` (tables) and `archives` (zip, .xlsx); `base` makes the sound files they begin
with, `cases` puts a command together, `child` runs it in a fork that is watched,
`oracles` says what is wrong with how it ended, and `runs` does many and tells.
"""
