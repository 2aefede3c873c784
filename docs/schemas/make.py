"""Write the published schemas anew, from what files are held against."""

import json
from pathlib import Path

from zoning.planfile.schema import SCHEMA as PLAN
from zoning.scenario.schema import SCHEMA as SCENARIO

SCHEMAS = {"plan.schema.json": PLAN, "scenario.schema.json": SCENARIO}


def text_of(schema: object) -> str:
    """A schema as it is published."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for name, schema in SCHEMAS.items():
        Path(__file__).with_name(name).write_text(text_of(schema), "utf-8")
