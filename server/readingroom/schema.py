"""The wire as JSON Schema: what `protocol/` says; the page's types and validators are made from it."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from readingroom.protocol import MESSAGES, PROTOCOL_VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document() -> dict[str, Any]:
    """One schema of every message in `protocol.MESSAGES` and of everything they hold, under `$defs`.

    Fields with a default are always written by us and therefore required, but for those whose default is
    null: null and absent mean the same on this wire.
    """
    _, written = models_json_schema([(message, "serialization") for message in MESSAGES])
    definitions = {name: _plain(schema) for name, schema in sorted(written["$defs"].items())}
    return {
        "$schema": DIALECT,
        "title": "Message",
        "x-protocol-version": PROTOCOL_VERSION,
        "anyOf": [{"$ref": f"#/$defs/{message.__name__}"} for message in MESSAGES],
        "$defs": definitions,
    }


def text() -> str:
    """The document as text: the same bytes for the same protocol, ending in a newline."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


REWRITTEN = ("title", "discriminator", "properties", "required")


def _plain(schema: Any) -> Any:
    """The schema without titles and OpenAPI's `discriminator`; keywords sorted, fields in our order."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {keyword: _plain(schema[keyword]) for keyword in sorted(schema) if keyword not in REWRITTEN}
    if "properties" in schema:
        fields = schema["properties"]
        plain["properties"] = {name: _plain(field) for name, field in fields.items()}
        plain["required"] = [
            name for name in schema.get("required", []) if not _defaults_to_null(fields[name])
        ]
    return plain


def _defaults_to_null(field: dict[str, Any]) -> bool:
    return "default" in field and field["default"] is None
