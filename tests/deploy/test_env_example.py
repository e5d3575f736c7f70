"""deploy/env.example says every setting there is, with the default it has."""

from __future__ import annotations

import re
from pathlib import Path

from readingroom.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "env.example"


def said() -> dict[str, str]:
    lines = EXAMPLE.read_text().splitlines()
    return dict(match.groups() for line in lines if (match := re.match(r"#?([A-Z_]+)=(.*)$", line)))


def test_every_setting_is_named_and_no_other():
    settings = {
        str(field.validation_alias or f"READINGROOM_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }
    assert set(said()) == settings


def test_defaults_are_the_real_ones():
    for name in ("host", "port", "workers", "cache_bytes", "log_level", "insecure", "weak_durability"):
        assert (
            said()[f"READINGROOM_{name.upper()}"].lower() == str(Settings.model_fields[name].default).lower()
        )
