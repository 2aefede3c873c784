"""The oldest versions pyproject.toml allows, as requirements: `make test-oldest`."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

TOOLS = ("pytest", "hypothesis")  # of those for developers


def pins(text: str) -> Iterator[str]:
    """`name==version` for each lower bound of what runs, and of what tests need."""
    project = tomllib.loads(text)["project"]
    tools = [x for x in project["optional-dependencies"]["dev"] if x.startswith(TOOLS)]
    for wanted in (*project["dependencies"], *tools):
        name, version = re.fullmatch(r"([\w-]+)>=([\d.]+)", wanted).groups()
        if name not in ("pytest-cov", "pytest-xdist"):
            yield f"{name}=={version}"


if __name__ == "__main__":
    print(*pins(Path("pyproject.toml").read_text("utf-8")), sep="\n")
