"""How a node starts: it serves over a store of its own, and refuses one that may lose (R70)."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from pathlib import Path

from readingroom.rooms import line
from readingroom.rooms.embedded import Valkey
from tests.chaos.nodes import DidNotServe, Node, environment

URL = "http://127.0.0.1:9"


async def starting_faults(more: dict[str, str]) -> list[str]:
    """What is wrong with how a node starts; `more` is for its environment."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="rr-start-") as name:
        folder = Path(name)
        own = Node("own store", environment(folder, "own", URL, more), redis_url=None)
        if (refusal := await _refusal(own)) is not None:
            faults.append(f"a node does not serve over its own store: {refusal}")

        weak = Valkey(folder / "weak")
        weak.start()
        await weak.ready()
        client = line.client(weak.url)
        await client.config_set("appendfsync", "everysec")
        await client.aclose()
        refusal = await _refusal(Node("weak store", environment(folder, "node", URL, more), weak.url))
        await weak.stop()
        if refusal is None:
            faults.append("a node serves over a store that may lose what it acknowledged")
        elif "appendfsync" not in refusal:
            faults.append(f"a weak store is refused for another reason: {refusal}")
    return faults


async def _refusal(node: Node) -> str | None:
    """What it said instead of serving; None when it serves."""
    try:
        await node.start()
    except DidNotServe as refused:
        return str(refused)[-300:]
    else:
        return None
    finally:
        await asyncio.shield(node.end(signal.SIGTERM))
