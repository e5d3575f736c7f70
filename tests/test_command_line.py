"""The program as a stranger types it: real processes, exit codes, one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from readingroom.__main__ import main
from readingroom.imaging import phantom

COMMANDS = ("serve", "demo", "import", "inspect", "render", "host-link", "schema")


def readingroom(
    *words: str | Path, data: Path | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """One run of the program; `data` keeps what numba compiles, so give the same folder to many runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("READINGROOM_")}
    if data is not None:
        environment["READINGROOM_DATA"] = str(data)
    return subprocess.run(
        [sys.executable, "-m", "readingroom", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=90,
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def chest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chest")
    phantom.write_chest(folder, slices=6, rows=48, columns=48)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str):
    done = readingroom(command, "--help")
    assert done.returncode == 0
    assert f"readingroom {command}" in done.stdout


def test_the_help_names_every_command():
    done = readingroom("--help")
    assert all(command in done.stdout for command in COMMANDS)
    assert "Not a medical device" in done.stdout


@pytest.mark.parametrize("command", ["inspect", "import", "demo"])
def test_what_does_not_exist_is_one_sentence_and_exit_code_2(command: str, data: Path):
    done = readingroom(command, data / "nowhere", data=data)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("readingroom: There is nothing at ")
    assert "Traceback" not in done.stderr


def test_a_folder_without_pictures_is_one_sentence_and_exit_code_2(tmp_path: Path, data: Path):
    (tmp_path / "notes.txt").write_text("no picture")
    done = readingroom("import", tmp_path, data=data)
    assert done.returncode == 2
    assert "No DICOM picture was found" in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--host", "0.0.0.0"), "Refusing to serve plain http on 0.0.0.0"),
        (("--port", "99999"), "The setting PORT cannot be used"),
        (("--workers", "0"), "The setting WORKERS cannot be used"),
    ],
)
def test_serve_refuses_an_unsafe_or_impossible_place(words: tuple[str, ...], sentence: str, tmp_path: Path):
    done = readingroom("serve", *words, data=tmp_path)
    assert (done.returncode, sentence in done.stderr) == (2, True), done.stderr


def test_inspect_prints_the_contract_as_json(chest: Path, data: Path):
    done = readingroom("inspect", chest, "--json", data=data)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"series", "refused"}
    (series,) = found["series"]
    assert set(series) >= {"series_uid", "modality", "description", "stacks"}
    (stack,) = series["stacks"]
    assert set(stack) >= {"kind", "reason", "shape", "spacing_mm", "orientation", "origin_mm", "files", "mpr"}
    assert stack["shape"] == [6, 48, 48]
    assert stack["kind"] == "volume"
    assert stack["mpr"] is True
    assert stack["files"] == [f"CT{number:04}.dcm" for number in range(6, 0, -1)]


def test_inspect_takes_a_path_from_where_one_stands(chest: Path, data: Path):
    done = readingroom("inspect", chest.name, data=data, cwd=chest.parent)
    assert done.returncode == 0
    assert "6 × 48 × 48" in done.stdout


def test_inspect_prints_a_table_for_people(chest: Path, data: Path):
    done = readingroom("inspect", chest, data=data)
    assert done.returncode == 0
    assert "volume" in done.stdout


@pytest.mark.parametrize("plane", ["acquisition", "axial", "coronal", "sagittal"])
def test_render_writes_a_bare_8_bit_picture(chest: Path, data: Path, tmp_path: Path, plane: str):
    out = tmp_path / "picture.png"
    done = readingroom("render", chest, "--out", out, "--plane", plane, "--window", "-600,1500", data=data)
    assert done.returncode == 0, done.stderr
    with Image.open(out) as picture:
        assert picture.mode == "L"
        assert picture.size == ((48, 48) if plane in ("acquisition", "axial") else (48, 6))


def test_render_writes_an_oblique_slab_through_a_place(chest: Path, data: Path, tmp_path: Path):
    out = tmp_path / "slab.png"
    asked = ("--plane", "oblique", "--normal", "-0.2,0.5,0.8", "--point", "-10,0,20", "--slab", "30")
    done = readingroom("render", chest, "--out", out, *asked, "--projection", "mean", data=data)
    assert done.returncode == 0, done.stderr
    with Image.open(out) as picture:
        assert picture.mode == "L"
        assert min(picture.size) >= 48


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--plane", "oblique"), "oblique planes have a normal"),
        (("--plane", "oblique", "--normal", "0,0"), "--normal cannot be used"),
        (("--plane", "oblique", "--normal", "0,0,0"), "the normal must be"),
        (("--plane", "oblique", "--normal", "0,0,1", "--point", "0,0,900"), "does not meet the pictures"),
        (("--plane", "axial", "--slab", "nan"), "the thickness of a slab"),
        (("--plane", "axial", "--slab", "-3"), "the thickness of a slab"),
        (("--plane", "axial", "--overlay"), "overlays lie over the pictures"),
        (("--voi-lut", "0"), "0 VOI LUTs"),
    ],
)
def test_render_refuses_planes_that_are_none(
    chest: Path, tmp_path: Path, asked: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["render", str(chest), "--out", str(tmp_path / "x.png"), *asked]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("window", ["40", "40,0", "nan,400", "40,400,cubic", "a,b"])
def test_render_refuses_a_window_that_is_none(
    chest: Path, tmp_path: Path, window: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["render", str(chest), "--out", str(tmp_path / "x.png"), f"--window={window}"]) == 2
    assert "window" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


def test_render_refuses_a_picture_that_is_not_there(
    chest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["render", str(chest), "--out", str(tmp_path / "x.png"), "--index", "6"]) == 2
    assert "this stack has 6" in capsys.readouterr().err


def test_render_names_the_series_that_the_files_do_not_hold(
    chest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["render", str(chest), "--out", str(tmp_path / "x.png"), "--series", "1.2"]) == 2
    assert "these files hold no series 1.2" in capsys.readouterr().err


def test_schema_prints_the_checked_in_schema():
    done = readingroom("schema")
    checked_in = Path(__file__).parent.parent / "web" / "src" / "protocol.schema.json"
    assert done.stdout == checked_in.read_text()


def test_import_opens_a_room_when_asked_and_prints_two_links(chest: Path, tmp_path: Path):
    done = readingroom("import", chest, "--room", data=tmp_path)
    assert done.returncode == 0, done.stderr
    links = [line.split()[-1] for line in done.stdout.splitlines() if "/#" in line]
    assert len(links) == 2
    assert links[0] != links[1]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_nowhere_and_costs_nothing(closed: str, chest: Path, data: Path):
    words = [sys.executable, "-m", "readingroom", "inspect", str(chest), "--data", str(data)]
    assert subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", *words]).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_output_that_does_not_fit_is_said_without_a_traceback(chest: Path, data: Path):
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "readingroom", "inspect", str(chest), "--data", str(data)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ended.returncode == 2
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr
