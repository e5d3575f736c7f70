"""Where a server listens, and what it refuses."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509

from readingroom.errors import BadSetting, InsecurePlace, PortTaken
from readingroom.listening import listening, listening_on_local_network, self_made_tls
from readingroom.settings import read_settings
from readingroom.values import GrantId


def test_loopback_is_plain_http_under_every_spelling(tmp_path: Path):
    at = listening(read_settings(data=tmp_path, port=0))
    assert at.door.origins == {f"http://{name}:{at.port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    assert at.door.https is False
    assert at.door.cookie_name(GrantId("g")) == "rr-g"


def test_outside_loopback_plain_http_needs_a_word(tmp_path: Path):
    with pytest.raises(InsecurePlace, match="READINGROOM_PUBLIC_URL"):
        listening(read_settings(data=tmp_path, host="0.0.0.0", port=0))
    at = listening(read_settings(data=tmp_path, host="0.0.0.0", port=0, insecure=True))
    assert f"http://127.0.0.1:{at.port}" in at.door.origins


def test_behind_a_proxy_only_the_public_address_is_our_origin(tmp_path: Path):
    settings = read_settings(data=tmp_path, host="0.0.0.0", port=0, public_url="https://room.example.org/")
    at = listening(settings)
    assert at.door.origins == {"https://room.example.org"}
    assert at.door.https is True
    assert at.door.cookie_name(GrantId("g")) == "__Host-rr-g"
    assert at.urls == ("https://room.example.org",)


def test_a_port_that_is_in_use_is_said(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(PortTaken):
        listening(read_settings(data=tmp_path, port=other.getsockname()[1]))


async def test_the_local_network_gets_https_with_a_certificate_for_its_names(tmp_path: Path):
    at = listening_on_local_network(read_settings(data=tmp_path, port=0))
    assert at.door.https
    assert all(url.startswith("https://") for url in at.urls)
    assert at.tls is not None

    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.add_routes([web.get("/", hello)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=at.tls).start()
    trusting = ssl.create_default_context(cafile=str(tmp_path / "tls" / "certificate.pem"))
    try:
        port = runner.addresses[0][1]
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"https://localhost:{port}/", ssl=trusting) as response,
        ):
            assert await response.text() == "hello"
    finally:
        await runner.cleanup()


def test_a_certificate_is_kept_until_its_names_change(tmp_path: Path):
    def serial() -> int:
        return x509.load_pem_x509_certificate((tmp_path / "certificate.pem").read_bytes()).serial_number

    self_made_tls(tmp_path, ("127.0.0.1", "localhost"))
    first = serial()
    self_made_tls(tmp_path, ("127.0.0.1", "localhost"))
    assert serial() == first
    self_made_tls(tmp_path, ("192.0.2.7", "127.0.0.1", "localhost"))
    assert serial() != first
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", -1),
        ("workers", 0),
        ("cache_bytes", 1),
        ("port", "eighty"),
        ("insecure", "maybe"),
        ("public_url", "https://a.example/room"),
        ("public_url", "room.example"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: object):
    with pytest.raises(BadSetting, match=name.upper()):
        read_settings(**{name: value})
