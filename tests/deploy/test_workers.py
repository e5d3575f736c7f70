"""`serve --workers N`: a parent and its processes on one port, with the certificate made here."""

from __future__ import annotations

import os
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
