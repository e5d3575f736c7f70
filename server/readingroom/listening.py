"""Where a server listens and what people type to reach it: addresses, origins, TLS."""

from __future__ import annotations

import datetime
import errno
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from readingroom.errors import BadSetting, InsecurePlace, PortTaken
from readingroom.settings import LOOPBACK, Settings
from readingroom.transport.auth import Door

CERTIFICATE_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Listening:
    """One server's address. `urls` are what people may type, the best first."""

    host: str
    port: int
    door: Door
    urls: tuple[str, ...]
    tls: ssl.SSLContext | None = None


def listening(settings: Settings, *, share_port: bool = False) -> Listening:
    """As the settings say. `share_port`: others of ours listen there already.

    Raises InsecurePlace for plain http outside loopback, PortTaken, BadSetting.
    """
    if settings.host not in LOOPBACK and not settings.https and not settings.insecure:
        raise InsecurePlace(host=settings.host)
    port = settings.port if share_port else free_port(settings.host, settings.port)
    if settings.public_url is not None:
        urls: tuple[str, ...] = (settings.public_url.rstrip("/"),)
    elif settings.host in LOOPBACK:
        urls = tuple(f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
    else:
        urls = tuple(f"http://{address}:{port}" for address in (*local_addresses(), "127.0.0.1", "localhost"))
    return Listening(settings.host, port, Door(frozenset(urls), settings.https, urls[0]), urls)


def listening_on_local_network(settings: Settings, *, share_port: bool = False) -> Listening:
    """https on every address of this machine, with a certificate made here. `share_port` as above.

    Raises PortTaken, BadSetting.
    """
    port = settings.port if share_port else free_port("0.0.0.0", settings.port)
    names = (*local_addresses(), "127.0.0.1", "localhost")
    urls = tuple(f"https://{name}:{port}" for name in names)
    context = self_made_tls(settings.data / "tls", names)
    return Listening("0.0.0.0", port, Door(frozenset(urls), https=True, address=urls[0]), urls, context)


def free_port(host: str, port: int) -> int:
    """`port`, or any free one for 0. Raises PortTaken; BadSetting for a place that cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(port=port) from None
            raise BadSetting(name="HOST or PORT", reason=f"{host}, port {port}: {error.strerror}") from None
        chosen: int = probe.getsockname()[1]
        return chosen


def local_addresses() -> tuple[str, ...]:
    """IPv4 addresses under which this machine is known in its own network; may be empty."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address; connecting UDP sends nothing
            address: str = probe.getsockname()[0]
        except OSError:
            return ()
    return () if ipaddress.ip_address(address).is_loopback else (address,)


def self_made_tls(folder: Path, names: tuple[str, ...]) -> ssl.SSLContext:
    """A TLS context for `names` with a certificate signed by nobody; kept in `folder` while it is valid."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not _still_good(certificate, key, names):
        _write_certificate(certificate, key, names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def _still_good(certificate: Path, key: Path, names: tuple[str, ...]) -> bool:
    if not (certificate.is_file() and key.is_file()):
        return False
    made = x509.load_pem_x509_certificate(certificate.read_bytes())
    alternatives = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    return list(alternatives) == _alternatives(names) and made.not_valid_after_utc > tomorrow


def _alternatives(names: tuple[str, ...]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _write_certificate(certificate: Path, key: Path, names: tuple[str, ...]) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ReadingRoom on this machine")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
