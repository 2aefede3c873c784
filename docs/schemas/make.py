"""Write the published schemas anew, from what files are held against."""

import json
from pathlib import Path

from zoning.planfile.schema import SCHEMA

SCHEMAS = {"plan.schema.json": SCHEMA}


def text_of(schema: object) -> str:
    """A schema as it is published."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for name, schema in SCHEMAS.items():
        Path(__file__).with_name(name).write_text(text_of(schema), "utf-8")
