"""Makes .venv what the locks say: `house.py run` for the demo, `house.py dev` for the tests.

Run by any Python >= 3.11, standard library only. What is in place is not touched: each step leaves a stamp in
.venv with the fingerprint of what it was made from, so a warm start costs a few file reads.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
LOCKS = {"run": ("run.txt", "build.txt"), "dev": ("dev.txt",)}


def main(words: list[str]) -> None:
    match words:
        case ["run"]:
            prepare("run")
        case ["dev"]:
            prepare("dev")
        case _:
            raise SystemExit("Say what the environment is for: house.py run, or house.py dev.")


def prepare(purpose: str) -> None:
    """Environment, locked packages, the project itself, the built page; each only where missing."""
    with alone():
        make_environment()
        install_locked(purpose)
        install_project()
        build_page()


def make_environment() -> None:
    if works(PYTHON):
        return
    with step(f"making .venv with Python {sys.version_info.major}.{sys.version_info.minor}"):
        run(sys.executable, "-m", "venv", "--clear", str(VENV))


def install_locked(purpose: str) -> None:
    """Everything from the locks, each file checked against its hash. The dev lock holds the others whole."""
    locks = locks_of(purpose)
    if stamped(purpose, fingerprint(*locks)):
        return
    with step(f"installing the locked Python packages ({', '.join(LOCKS[purpose])})"):
        pip("install", "--require-hashes", *(word for lock in locks for word in ("--requirement", str(lock))))
    leave_stamp(purpose, fingerprint(*locks))
    if purpose == "dev":
        leave_stamp("run", fingerprint(*locks_of("run")))


def locks_of(purpose: str) -> list[Path]:
    return [ROOT / "requirements" / name for name in LOCKS[purpose]]


def install_project() -> None:
    """The project as an editable install: its build tools come from the lock, so pip fetches nothing here."""
    wanted = fingerprint(ROOT / "pyproject.toml")
    if stamped("project", wanted):
        return
    with step("installing ReadingRoom itself and building its page"):
        pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    leave_stamp("project", wanted)


def build_page() -> None:
    run(str(PYTHON), str(ROOT / "hatch_build.py"))


def pip(*words: str) -> None:
    """Pip with its progress bars when a person looks on, else silent until something fails."""
    manner = [] if sys.stderr.isatty() else ["--quiet"]
    run(str(PYTHON), "-m", "pip", "--disable-pip-version-check", *manner, *words)


def run(*command: str) -> None:
    """Runs in the project's folder; a failure ends the whole with that program's own words above ours."""
    if code := subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit(
            f"This step failed (exit {code}); what it said stands above. Run the same command again to go on."
        )


def works(python: Path) -> bool:
    """Whether this environment still runs pip: its base Python may be gone, its making interrupted."""
    if not python.exists():
        return False
    return not subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode


def stamped(name: str, made_from: str) -> bool:
    """Whether this step was last done with exactly this."""
    path = STAMPS / name
    return path.exists() and path.read_text() == made_from


def leave_stamp(name: str, made_from: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(made_from)


def fingerprint(*paths: Path) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


@contextmanager
def step(sentence: str) -> Iterator[None]:
    started = time.monotonic()
    print(f"· {sentence}", file=sys.stderr, flush=True)
    yield
    print(f"  done in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


@contextmanager
def alone() -> Iterator[None]:
    """Two `make` at once prepare one after the other."""
    with (ROOT / "pyproject.toml").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("· waiting for another make to prepare .venv", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    os.environ.pop("PYTHONHOME", None)
    main(sys.argv[1:])
