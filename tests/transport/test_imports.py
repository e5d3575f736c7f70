"""Studies brought in over HTTP: whole or not at all, told of line by line, nothing left behind."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import shutil
import time
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from readingroom.app import local_ingest, open_house
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.staging import INCOMING
from readingroom.ingest_socket import RemoteIngest, answering
from readingroom.listening import listening
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.hosts import Hosts
from readingroom.serving import serving
from readingroom.settings import read_settings
from tests.imaging.dicoms import write_series
from tests.transport.visitor import Visitor

MOST_BYTES, MOST_FILES = 4 << 20, 40


@dataclass(frozen=True)
class Desk:
    """An empty library, and somebody signed in who brings studies."""

    doctor: Visitor
    library: Library

    async def sends(self, files: Mapping[str, bytes], **headers: str) -> tuple[int, list[Any]]:
        """The status, and every line of the answer."""
        form = aiohttp.FormData(default_to_multipart=True, quote_fields=False)
        for name, body in files.items():
            form.add_field("files", io.BytesIO(body), filename=name, content_type="application/octet-stream")
        sent = {"Origin": self.doctor.url, "X-ReadingRoom": "1", **headers}
        address = f"{self.doctor.url}/api/imports"
        async with self.doctor.http.post(address, data=form, headers=sent) as response:
            return response.status, [json.loads(line) for line in (await response.text()).splitlines()]

    async def end(self, files: Mapping[str, bytes]) -> Any:
        status, lines = await self.sends(files)
        assert status == 200, lines
        return lines[-1]["event"]

    @property
    def left(self) -> list[str]:
        """What lies where imports come about."""
        folder = self.library.root / INCOMING
        return [path.name for path in folder.iterdir()] if folder.exists() else []

    async def cleared(self) -> None:
        async with asyncio.timeout(10):
            while self.left:
                await asyncio.to_thread(time.sleep, 0.01)

    @property
    def studies(self) -> int:
        return len(Library(self.library.root).studies())


@pytest.fixture(params=["one process", "workers"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path, valkey: Valkey) -> AsyncIterator[Desk]:
    """As one process, and as a worker that asks its parent."""
    settings = read_settings(
        data=tmp_path / "data",
        port=0,
        redis_url=valkey.url,
        import_bytes=MOST_BYTES,
        import_files=MOST_FILES,
    )
    library = Library(settings.studies_folder)
    at = listening(settings)
    async with AsyncExitStack() as stack:
        ingest: Ingest | RemoteIngest = await stack.enter_async_context(local_ingest(settings, library))
        if request.param == "workers":
            socket = tmp_path / "run" / "ingest.sock"
            await stack.enter_async_context(answering(ingest, socket))
            ingest = RemoteIngest(socket)
        house = await stack.enter_async_context(
            open_house(settings, redis_url=valkey.url, door=at.door, ingest=ingest, library=library)
        )
        await stack.enter_async_context(serving(house, at))
        hosts = await stack.enter_async_context(Hosts.open(valkey.url))
        doctor = await stack.enter_async_context(Visitor.at(at.urls[0]))
        await doctor.sign_in(await hosts.link())
        yield Desk(doctor, library)


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = write_series(tmp_path_factory.mktemp("scan"), 5)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


async def test_files_become_a_study_and_every_step_is_told(desk: Desk, scan: dict[str, bytes]):
    status, lines = await desk.sends(scan)
    assert status == 200
    events = [line["event"] for line in lines]
    size = sum(map(len, scan.values()))
    assert events[0] == {"kind": "received", "files": 5, "bytes": size}
    steps = [(event["stage"], event["done"], event["total"]) for event in events[1:-1]]
    assert steps[-1] == ("reading", 5, 5)
    done = events[-1]
    assert (done["kind"], done["series"], done["pictures"], done["files"]) == ("done", 1, 5, [])
    told = await desk.doctor.json("/api/studies")
    assert [study["study"] for study in told["studies"]] == done["studies"]
    study = desk.library.study(done["studies"][0])
    kept = {
        frame.source: desk.library.original(study.id, frame.file).read_bytes()
        for frame in study.series[0].stacks[0].frames
    }
    assert kept == scan
    await desk.cleared()


async def test_a_zip_a_gzipped_file_and_a_note_are_sorted_out(desk: Desk, scan: dict[str, bytes]):
    (first, body), *rest = scan.items()
    sent = {
        f"{first}.gz": gzip.compress(body),
        "disc.zip": packed({f"DICOM/{name}": data for name, data in rest}),
        "notes.txt": b"no picture",
        "broken.zip": b"PK\x03\x04" + bytes(100),
    }
    done = await desk.end(sent)
    assert (done["kind"], done["pictures"], done["left_out"]) == ("done", 5, 2)
    assert {file["file"]: file["code"] for file in done["files"]} == {
        "notes.txt": "NOT_DICOM",
        "broken.zip": "BAD_ARCHIVE",
    }
    await desk.cleared()


async def test_the_same_study_is_found_not_imported_again(desk: Desk, scan: dict[str, bytes]):
    first = await desk.end(scan)
    again = await desk.end({"all.zip": packed(scan)})
    assert first["studies"] == again["studies"]
    assert desk.studies == 1


async def test_nothing_that_is_a_picture_is_told_with_reasons_and_leaves_nothing(desk: Desk):
    refused = await desk.end({"a.txt": b"words", "empty.dcm": b""})
    assert (refused["kind"], refused["code"]) == ("refused", "NOTHING_TO_SHOW")
    assert [file["code"] for file in refused["files"]] == ["NOT_DICOM", "EMPTY_FILE"]
    await desk.cleared()
    assert desk.studies == 0


@pytest.mark.parametrize(
    "name", ["../../../etc/cron.d/x", "/etc/passwd", "C:\\Windows\\x.dcm", "a\u202eb/..\\..", "x" * 5000]
)
async def test_a_files_name_is_only_ever_shown(desk: Desk, name: str):
    status, lines = await desk.sends({name.replace('"', ""): b"words"})
    if status != 200:  # a name that no header holds
        assert lines[0]["error"]["code"] == "BAD_REQUEST"
    else:
        (file,) = lines[-1]["event"]["files"]
        assert "/" not in file["file"]
        assert "\\" not in file["file"]
        assert len(file["file"]) <= 200
    await desk.cleared()
    assert sorted(path.name for path in desk.library.root.iterdir()) == [INCOMING, ".pseudonyms"]


@pytest.mark.parametrize("inside", ["../../escaped.dcm", "/absolute.dcm"])
async def test_an_archive_that_leads_out_of_itself_is_not_taken(desk: Desk, inside: str):
    refused = await desk.end({"slip.zip": packed({inside: b"x"})})
    assert (refused["kind"], refused["code"]) == ("refused", "BAD_ARCHIVE")
    await desk.cleared()


async def test_a_bomb_is_refused_soon_and_leaves_nothing(desk: Desk):
    bomb = packed({"bomb.dcm": bytes(64 << 20)})
    assert len(bomb) < MOST_BYTES
    async with asyncio.timeout(2):
        refused = await desk.end({"bomb.zip": bomb})
        gz = await desk.end({"bomb.dcm.gz": gzip.compress(bytes(64 << 20)), "b.txt": b"x"})
    assert (refused["code"], gz["code"]) == ("BAD_ARCHIVE", "NOTHING_TO_SHOW")
    assert {file["code"] for file in gz["files"]} == {"DECODE_LIMIT", "NOT_DICOM"}
    await desk.cleared()


async def test_too_much_is_refused_before_it_is_kept(desk: Desk):
    status, (refused,) = await desk.sends({"large.dcm": bytes(MOST_BYTES + 100_000)})
    assert (status, refused["error"]["code"]) == (413, "TOO_LARGE")
    status, (refused,) = await desk.sends({f"{n}.dcm": b"x" for n in range(MOST_FILES + 1)})
    assert (status, refused["error"]["code"]) == (413, "TOO_LARGE")
    await desk.cleared()


async def test_an_empty_upload_is_refused_by_name(desk: Desk):
    boundary = {"Content-Type": "multipart/form-data; boundary=xx"}
    sent = {"Origin": desk.doctor.url, "X-ReadingRoom": "1", **boundary}
    for body, code in ((b"--xx--\r\n", "NOTHING_TO_SHOW"), (b"", "BAD_REQUEST"), (b"rubbish", "BAD_REQUEST")):
        address = f"{desk.doctor.url}/api/imports"
        async with desk.doctor.http.post(address, data=body, headers=sent) as response:
            assert (await response.json())["error"]["code"] == code, body
    await desk.cleared()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Origin": "http://evil.example"}, "WRONG_ORIGIN"),
        ({"Cookie": "rr-host=" + "A" * 43}, "NOT_SIGNED_IN"),
        ({"Content-Encoding": "gzip"}, "BAD_REQUEST"),
    ],
)
async def test_whoever_may_not_import_sends_in_vain(
    desk: Desk, scan: dict[str, bytes], headers: dict[str, str], code: str
):
    if "Cookie" in headers:
        desk.doctor.http.cookie_jar.clear()
    status, (refused,) = await desk.sends(scan, **headers)
    assert refused["error"]["code"] == code
    assert status in (400, 401, 403)
    assert desk.left == []
    assert desk.studies == 0


async def test_an_upload_that_is_cut_leaves_nothing(desk: Desk, scan: dict[str, bytes]):
    cookie = "; ".join(f"{cookie.key}={cookie.value}" for cookie in desk.doctor.http.cookie_jar)
    host, port = desk.doctor.url.removeprefix("http://").rsplit(":", 1)
    _, writer = await asyncio.open_connection(host, int(port))
    body = next(iter(scan.values()))
    head = (
        f"POST /api/imports HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Origin: {desk.doctor.url}\r\nCookie: {cookie}\r\n"
        "X-ReadingRoom: 1\r\nContent-Type: multipart/form-data; boundary=xx\r\nContent-Length: 900000\r\n\r\n"
        '--xx\r\nContent-Disposition: form-data; name="files"; filename="a.dcm"\r\n\r\n'
    )
    writer.write(head.encode() + body)
    await writer.drain()
    async with asyncio.timeout(10):
        while not desk.left:
            await asyncio.to_thread(time.sleep, 0.01)
    writer.transport.abort()
    await desk.cleared()
    assert desk.studies == 0


async def test_an_import_that_is_given_up_while_it_reads_leaves_nothing(desk: Desk, scan: dict[str, bytes]):
    form = aiohttp.FormData(default_to_multipart=True)
    many = {f"{n:02d}.dcm": body for n, body in enumerate(list(scan.values()) * 7)}
    for name, body in many.items():
        form.add_field("files", body, filename=name)
    sent = {"Origin": desk.doctor.url, "X-ReadingRoom": "1"}
    response = await desk.doctor.http.post(f"{desk.doctor.url}/api/imports", data=form, headers=sent)
    assert json.loads(await response.content.readline())["event"]["kind"] == "received"
    response.close()
    await desk.cleared()
    assert desk.studies in (0, 1)  # whole, where it was done by then
    for study in Library(desk.library.root).studies():
        assert {path.name for path in desk.library.originals(study.id).iterdir()} == {
            frame.file for series in study.series for stack in series.stacks for frame in stack.frames
        }


async def test_a_full_disk_is_told_by_name(
    desk: Desk, scan: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 30, 1 << 30, 1000))
    status, (refused,) = await desk.sends(scan)
    assert (status, refused["error"]["code"]) == (507, "DISK_FULL")
    await desk.cleared()
