"""What else could carry a room: `python -m tests.bench.rooms.rivals PORT stock|raw`, and Node's socket.io.

None of them checks, orders or keeps anything: they pass an event on to everybody else.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import socketio
import uvloop
from aiohttp import WSMsgType, web

from hatch_build import node_environment, node_files

NODE_SERVER = """
const http = require('http').createServer();
const { Server } = require('socket.io');
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
io.on('connection', (socket) => {
  socket.join('room');
  for (const event of ['view', 'presence', 'op'])
    socket.on(event, (data) => socket.to('room').emit(event, data));
});
http.listen(+process.argv[2], '127.0.0.1', () => console.log('serving'));
"""


def node_socketio(folder: Path) -> list[str] | None:
    """The command of a Node server with socket.io, installed into `folder`; None where it cannot be had."""
    node, packages = node_files()
    npm = packages / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (folder / "node_modules" / "socket.io").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        words = [str(node), str(npm), "install", "--no-audit", "--no-fund", "--ignore-scripts", "socket.io@4"]
        done = subprocess.run(
            words, cwd=folder, env=node_environment(os.environ), capture_output=True, check=False
        )
        if done.returncode:
            return None
    (folder / "server.cjs").write_text(NODE_SERVER)
    return [str(node), str(folder / "server.cjs")]


def stock() -> web.Application:
    """python-socketio as its own documentation uses it."""
    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")

    async def connect(sid: str, _environ: object) -> None:
        await server.enter_room(sid, "room")

    def passing(event: str) -> None:
        async def on(sid: str, data: object) -> None:
            await server.emit(event, data, room="room", skip_sid=sid)

        server.on(event, on)

    server.on("connect", connect)
    for event in ("view", "presence", "op"):
        passing(event)
    app = web.Application()
    server.attach(app)
    return app


def raw() -> web.Application:
    """The floor: aiohttp's websockets, each message framed once and written to everybody else."""
    transports: set[object] = set()

    async def speak(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await socket.send_str('0{"sid":"x","upgrades":[],"pingInterval":60000,"pingTimeout":60000}')
        transport = request.transport
        assert transport is not None
        transports.add(transport)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            if message.data.startswith("40"):
                await socket.send_str('40{"sid":"x"}')
                continue
            text = "42" + message.data.lstrip("0123456789")
            data = text.encode()
            frame = bytes((0x81, 126, len(data) >> 8, len(data) & 255)) + data
            for other in transports:
                if other is not transport:
                    other.write(frame)  # type: ignore[attr-defined]
        transports.discard(transport)
        return socket

    app = web.Application()
    app.add_routes([web.get("/socket.io/", speak)])
    return app


if __name__ == "__main__":
    uvloop.install()
    served = {"stock": stock, "raw": raw}[sys.argv[2]]()
    web.run_app(
        served,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=lambda *_: print("serving", flush=True),
    )
