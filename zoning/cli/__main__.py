"""``python -m zoning.cli`` is the command ``zoning``."""

from zoning.cli import main

main()
