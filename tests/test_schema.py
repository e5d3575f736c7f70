"""The wire is said once: the checked-in schema is the protocol's; wire files are read as the page does."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from readingroom import schema
from readingroom.protocol import MESSAGES

ROOT = Path(__file__).parent.parent
WIRE = Path(__file__).parent / "wire"
BY_NAME: dict[str, type[BaseModel]] = {message.__name__: message for message in MESSAGES}


def wire_files(folder: str) -> list[Path]:
    return sorted((WIRE / folder).glob("*.json"))


def read(path: Path) -> BaseModel:
    file = json.loads(path.read_text(encoding="utf-8"))
    return BY_NAME[file["message"]].model_validate_json(json.dumps(file["data"]))


def test_checked_in_schema_is_what_the_protocol_says() -> None:
    written = (ROOT / "web/src/protocol.schema.json").read_text(encoding="utf-8")
    assert written == schema.text(), "run `make protocol`"


def test_null_and_absent_mean_the_same_in_the_schema() -> None:
    pane_view = schema.document()["$defs"]["PaneView"]
    assert pane_view["required"] == []
    assert list(pane_view["properties"]) == [
        *("shown", "place", "field", "window", "cine"),
        *("slab", "turn", "camera", "inverted"),
    ]


@pytest.mark.parametrize("path", wire_files("accepted"), ids=lambda path: path.stem)
def test_wire_file_is_accepted(path: Path) -> None:
    read(path)


@pytest.mark.parametrize("path", wire_files("refused"), ids=lambda path: path.stem)
def test_wire_file_is_refused(path: Path) -> None:
    with pytest.raises(ValidationError):
        read(path)
