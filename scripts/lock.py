"""Writes the locks in requirements/ from pyproject.toml: every file by hash, for any machine.

run.txt is what serves, build.txt what makes the package, dev.txt both and what tests.

`lock.py --upgrade` takes the newest releases; without it what is locked stays, where it may.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
ANY_MACHINE = ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest", "--generate-hashes"]
NO_HOSTS = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--no-config"]


def main(words: list[str]) -> None:
    renew = ["--upgrade"] if "--upgrade" in words else []
    project, build, runs = "pyproject.toml", "requirements/build.in", ("--constraint", "requirements/run.txt")
    compile_lock("run.txt", project, *renew)
    compile_lock("build.txt", build, *runs, *renew)
    compile_lock("dev.txt", project, build, "--extra", "dev", *runs, *renew)


def compile_lock(name: str, *words: str) -> None:
    lock = f"requirements/{name}"
    command = ["pip", "compile", "--quiet", *ANY_MACHINE, *NO_HOSTS, *words, "--output-file", lock]
    subprocess.run([str(UV), *command], cwd=ROOT, check=True)
    locked = (ROOT / lock).read_text()
    if "://" in locked:
        raise SystemExit(f"{lock} names a host or a path; a lock holds names, versions and hashes only.")
    print(f"{lock}: {locked.count('==')} packages")


if __name__ == "__main__":
    main(sys.argv[1:])
