"""`serve --workers N`: a parent and its processes on one port, which end with it."""

from __future__ import annotations

import os
import select
import socket
from pathlib import Path

import aiohttp

from tests.deploy.stand import free_ports, serving, trusting


async def test_workers_serve_https_with_the_certificate_made_on_this_machine(tmp_path: Path):
    (port,) = free_ports(1)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("READINGROOM_")}
    environment["READINGROOM_DATA"] = str(tmp_path)
    with serving(port, environment, "--workers", "2", "--tls-self-made"):
        tls = trusting(tmp_path / "tls" / "certificate.pem")
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as http,
            http.get(f"https://localhost:{port}/readyz") as answer,
        ):
            assert answer.status == 200


def test_workers_end_when_their_parent_is_killed_and_the_port_is_free_again(tmp_path: Path):
    (port,) = free_ports(1)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("READINGROOM_")}
    environment["READINGROOM_DATA"] = str(tmp_path)
    with serving(port, environment, "--workers", "2") as parent:
        parent.kill()
        parent.wait()
        until_free(port)
        with serving(port, environment) as next_one:
            assert next_one.poll() is None


def until_free(port: int) -> None:
    """Returns when nobody listens there any more; the test's own time limit ends a wait in vain."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            return
        select.select([], [], [], 0.05)
