"""Requests that promise more than they bring."""

from __future__ import annotations

import asyncio

from yarl import URL

from tests.transport.conftest import Standing


async def test_a_body_of_four_gigabytes_is_refused_before_it_is_waited_for(standing: Standing):
    at = URL(standing.url)
    lines = (
        "POST /api/join HTTP/1.1",
        f"Host: {at.authority}",
        f"Origin: {standing.url}",
        "X-ReadingRoom: 1",
        "Content-Type: application/json",
        "Content-Length: 4294967296",
    )
    reader, writer = await asyncio.open_connection(at.host, at.port)
    try:
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        async with asyncio.timeout(2):
            assert b" 413 " in await reader.readline()
    finally:
        writer.close()
