"""Everything that is installed is pinned by hash, and no lock says where it came from."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("run.txt", "build.txt", "dev.txt")


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    """As an index spells them: `Redis[hiredis]>=6` is redis."""
    return {re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("_", "-") for line in requirements}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host_and_no_path(name: str):
    text = (ROOT / "requirements" / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(--(index|extra-index|find-links|trusted)|-e|[./])", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str):
    text = (ROOT / "requirements" / name).read_text()
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block


def test_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert names(project["dependencies"]) <= set(pins("run.txt"))
    assert names(project["optional-dependencies"]["dev"]) <= set(pins("dev.txt"))


def test_locks_agree_with_each_other():
    assert (pins("run.txt") | pins("build.txt")).items() <= pins("dev.txt").items()


def test_page_lock_has_hashes_and_no_host():
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or "integrity" in package, name


def test_page_lock_holds_every_platforms_packages():
    """npm leaves out what it could not see when it locked, and then `npm ci` fails everywhere."""
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        for wanted in package.get("optionalDependencies", {}):
            assert f"node_modules/{wanted}" in packages or f"{name}/node_modules/{wanted}" in packages, wanted
