"""``python -m zoning`` is the command ``zoning``."""

from zoning.cli import main

main()
