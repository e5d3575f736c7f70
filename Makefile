# ReadingRoom's verbs. Needed: Python >= 3.11, git, make. Everything else is fetched into .venv and web/node_modules,
# pinned by hash in requirements/*.txt and web/package-lock.json.
.POSIX:
.SILENT:
.PHONY: help demo test check bench protocol screenshots image lock run dev

python = .venv/bin/python

help:
	echo 'make demo                 a study, a room, two links (http on this machine only)'
	echo 'make demo DICOM=PATH      the same with your own files: a folder, a file or a zip'
	echo 'make demo LAN=1           https for the local network, with a QR code for a phone'
	echo 'make demo PORT=9000       another port'
	echo 'make run                  only what these need: .venv, the locked packages, the built page'
	echo 'make test                 everything: linters, types, unit, server and browser tests'
	echo 'make check                the quick part of it: no browser, no proxy'
	echo 'make bench                measures; writes bench.json'
	echo 'make protocol             protocol/ -> JSON Schema -> web/src/protocol.ts'
	echo 'make screenshots          the pictures of the README'
	echo 'make image                the container image (needs docker)'
	echo 'make lock [NEWEST=1]      rewrites requirements/*.txt from pyproject.toml'

demo: run
	exec $(python) -m readingroom demo $${LAN:+--lan} $${PORT:+--port "$$PORT"} $${DICOM:+"$$DICOM"}

test: dev
	exec $(python) -m scripts.stages test

check: dev
	exec $(python) -m scripts.stages check

bench: dev
	exec $(python) -m tests.bench

protocol: dev
	$(python) -m readingroom schema > web/src/protocol.schema.json.new
	mv web/src/protocol.schema.json.new web/src/protocol.schema.json
	exec $(python) hatch_build.py run protocol

screenshots: dev
	exec $(python) -m tests.e2e.screenshots

image:
	docker info >/dev/null 2>&1 || { echo 'No container engine answers here: start docker, then run make image again.' >&2; exit 1; }
	exec docker build --file deploy/Dockerfile --tag readingroom .

lock: dev
	exec $(python) scripts/lock.py $${NEWEST:+--upgrade}

run:
	python=$$(scripts/find-python) && exec "$$python" scripts/house.py run

dev:
	python=$$(scripts/find-python) && exec "$$python" scripts/house.py dev
