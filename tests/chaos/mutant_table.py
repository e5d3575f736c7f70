"""Bugs to be planted, one at a time: exact old text, new text, and the trouble under which each must show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Layer = Literal["script", "server", "client"]

LUA: Final = "rooms/lua/"
CUTS: Final = ("people cut", "frame cut", "people half open", "person back", "node killed")
"""Trouble in which answers are lost and people come back."""
STORE: Final = ("store cut off", "store killed", "store half open", "store stopped")
CALM: Final = ("people late",)
"""Hardly any trouble: the bug shows by itself."""


@dataclass(frozen=True, slots=True)
class Edit:
    """In one file, below `readingroom/` or `web/src/`; `old` stands in it exactly once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug. `startup`: it must show when a node starts, without any run."""

    name: str
    layer: Layer
    edits: tuple[Edit, ...]
    kinds: tuple[str, ...] = CALM
    strangers: bool = False
    startup: bool = False
    pace_s: float = field(default=0.4)


def one(name: str, layer: Layer, file: str, old: str, new: str, kinds: tuple[str, ...] = CALM) -> Mutant:
    return Mutant(name, layer, (Edit(file, old, new),), kinds)


def with_strangers(name: str, layer: Layer, *edits: Edit) -> Mutant:
    return Mutant(name, layer, edits, strangers=True)


SCRIPT: Final = (
    one(
        "no idempotency key", "script", LUA + "op.lua",
        "redis.call('HSET', seen, by .. ' ' .. op_id, hash .. ' ' .. entry[1])", "",
    ),
    Mutant(
        "op_id not bound to its author", "script",
        (
            Edit(LUA + "op.lua", "'HGET', seen, by .. ' ' .. op_id)", "'HGET', seen, op_id)"),
            Edit(LUA + "op.lua", "'HSET', seen, by .. ' ' .. op_id,", "'HSET', seen, op_id,"),
        ),
    ),
    one(
        "op_id not bound to its payload", "script", LUA + "op.lua",
        "if before ~= hash then return {'OP_ID_REUSED'} end", "",
    ),
    one(
        "no fence check", "script", LUA + "view.lua",
        "if state[1] ~= by or state[2] ~= fence then return {'STALE'} end\n  if late",
        "if state[1] ~= by then return {'STALE'} end\n  if late",
    ),
    one(
        "the view is anybody's", "script", LUA + "view.lua",
        "if state[1] ~= by or state[2] ~= fence then return {'STALE'} end\n  if late",
        "if state[2] ~= fence then return {'STALE'} end\n  if late",
    ),
    one(
        "no ownership check", "script", LUA + "marks.lua",
        "if asked.right ~= 'any' and row.author ~= asked.by then return {'NOT_OWNER'} end", "",
    ),
    one(
        "payload re-encoded in Lua", "script", LUA + "op.lua",
        "append(by, op_id, fence, plan.command or command)",
        "append(by, op_id, fence, cjson.encode(cjson.decode(plan.command or command)))",
    ),
    one(
        "a removed mark is made again", "script", LUA + "marks.lua",
        "if row_of(asked.target) then return {'EXISTS'} end",
        "local known = row_of(asked.target)\n  if known and known.live then return {'EXISTS'} end",
    ),
    one(
        "a removed mark is changed", "script", LUA + "marks.lua",
        "if not row or not row.live then return {'GONE'} end", "if not row then return {'GONE'} end",
    ),
    one(
        "undo over another's change", "script", LUA + "marks.lua",
        "if redis.sha1hex(current) ~= became then return {'CONFLICT'} end", "",
    ),
    one(
        "redo forgets what was hidden", "script", LUA + "marks.lua",
        "local hidden = string.find(flags, 'h', 1, true) and 'true' or 'false'",
        "local hidden = 'false'",
    ),
    one("heads are not chained", "script", LUA + "ground.lua", "{before, '2', revision",
    "{'', '2', revision"),
    one(
        "the fence does not grow", "script", LUA + "op.lua",
        "fence = digits(tonumber(fence) + 1)", "fence = digits(tonumber(fence))",
    ),
    one(
        "every role may do everything", "script", LUA + "op.lua",
        "asked.right = right_of(rights, role)", "asked.right = 'any'",
    ),
    one(
        "who asked is kept when the lead moves", "script", LUA + "ground.lua",
        "'lead_until', digits(now + lease), 'asking', '')", "'lead_until', digits(now + lease))",
    ),
    one(
        "a change shows what was hidden", "script", LUA + "marks.lua",
        "local kept = '1' .. (row.hidden and 'h' or '') .. string.sub(flags, 2)",
        "local kept = '1' .. string.sub(flags, 2)",
    ),
    one(
        "the view is told and not kept", "script", LUA + "view.lua",
        "if #fields > 0 then redis.call('HSET', view, unpack(fields)) end", "",
    ),
    with_strangers(
        "the removed stay admitted", "script",
        Edit(LUA + "people.lua", "redis.call('HDEL', acl, asked.target)", ""),
    ),
    with_strangers(
        "an ended room goes on", "script",
        Edit(
            LUA + "op.lua",
            "if found[5] == '1' and kind ~= 'room.reopen' and kind ~= 'room.go_on' then",
            "if false then",
        ),
    ),
)  # fmt: skip

SERVER: Final = (
    Mutant(
        "everysec instead of always", "server",
        (Edit("rooms/embedded.py", '"appendfsync": "always"', '"appendfsync": "everysec"'),), startup=True,
    ),
    Mutant(
        "durability is not asked", "server",
        (Edit("rooms/rooms.py", "durability.check(await self._store.settings())", "pass"),), startup=True,
    ),
    one(
        "view stream not tailed", "server", "rooms/tailer.py",
        "news |= await self._hear_view(views[name], items)", "pass",
    ),
    one(
        "catch-up off by one", "server", "rooms/catching_up.py",
        "entries=list(entries[len(own) :])", "entries=list(entries[len(own) + 1 :])", CUTS,
    ),
    one(
        "acknowledged before it is written", "server", "rooms/rooms.py",
        "        answer = await self._write(member.room, script.op(member, settled, logged))\n",
        "        self._start(self._write(member.room, script.op(member, settled, logged)))\n"
        "        at = self._tailer.at(member.room)\n"
        "        return OpAccepted(revision=at.revision + 1 if at else 1)\n",
    ),
    one(
        "what was not answered is told as done", "server", "rooms/rooms.py",
        "raise NotSaved() from refusal", 'return [b"1"]', STORE,
    ),
    one(
        "the tailer begins one too late", "server", "rooms/tailer.py",
        'told = [f"0-{followed.state.revision}"', 'told = [f"0-{followed.state.revision + 1}"',
    ),
    one(
        "entries are told twice", "server", "transport/fanout.py",
        '        if told:\n            self._send(room, "entries", Entries(entries=told))',
        '        if told:\n            self._send(room, "entries", Entries(entries=told))\n'
        '            self._send(room, "entries", Entries(entries=told))',
    ),
    one(
        "own entries are told though others come first", "server", "rooms/tailer.py",
        "self._tell(followed, [entry for entry in entries], gaps=True)",
        "self._listener.entries(room, list(entries))",
    ),
    one(
        "rooms hear each other", "server", "transport/fanout.py",
        "for connection, outlet in list(self._rooms.get(room, {}).items()):\n            "
        "if outlet.is_closing()",
        "for connection, outlet in [pair for one in self._rooms.values() for pair in one.items()]:\n"
        "            if outlet.is_closing()",
    ),
    Mutant(
        "a socket hears its room only after a catch-up that may be old", "server",
        (
            Edit(
                "transport/room_events.py",
                "        self._fanout.add(member.room, connection.id, transport)\n"
                '        transport.write(frame("presence", self._rooms.presence(member.room)))\n'
                "        try:\n"
                "            return await self._rooms.catch_up(member, request)",
                "        try:\n"
                "            answer = await self._rooms.catch_up(member, request)\n"
                "            self._fanout.add(member.room, connection.id, transport)\n"
                "            return answer",
            ),
        ),
        ("people cut", "frame cut", "people cut", "store late"),
    ),
    one(
        "a view is acknowledged as the next one", "server", "rooms/rooms.py",
        "        self._tailer.offer_view(member.room, told)\n        return revision\n",
        "        self._tailer.offer_view(member.room, told)\n        return revision + 1\n",
    ),
    one(
        "of merged views only the newest is kept", "server", "rooms/pacing.py",
        "change = merged(before.change, after.change)", "change = after.change",
    ),
    one(
        "a chat message loses its order", "server", "rooms/rows.py",
        "chat=_in_order(chat),", "chat=_in_order(chat)[::-1],",
    ),
    one(
        "texts are not cleaned", "server", "rooms/settling.py",
        "            return given.model_copy(update={\"text\": _readable(given.text)})",
        "            return given",
    ),
    one(
        "a lost store connection ends the loop that asks for it", "server", "rooms/saving.py",
        "        except ReadingRoomError as refusal:\n", "        except LookupError as refusal:\n", STORE,
    ),
    with_strangers(
        "the removed keep their socket", "server",
        Edit("transport/sockets.py", "self._end_now(sid, Removed())", "pass"),
    ),
    with_strangers(
        "who was admitted stays so for a minute", "server",
        Edit("rooms/recent.py", "FRESH_S = 1.0", "FRESH_S = 60.0"),
        Edit("rooms/rooms.py", "        self._admissions.forget(room)\n", ""),
    ),
)  # fmt: skip

CLIENT: Final = (
    one(
        "a lost answer is asked for under a new op_id", "client", "net/posting.ts",
        "this.send(op).then(", "this.send({ ...op, op_id: freshId() }).then(", CUTS,
    ),
    one(
        "what was under way at a cut is forgotten", "client", "state/outbox.ts",
        "(waiting.underWay ? { ...waiting, underWay: false, notBefore: now } : waiting));",
        "waiting).filter((waiting) => !waiting.underWay || now < 0);", CUTS,
    ),
    one("not saved is taken for refused", "client", "net/posting.ts", '  "NOT_SAVED",\n', "", STORE),
    one(
        "entries are taken over a gap", "client", "state/document.ts",
        "if (entry.revision > known.revision + 1) return { document: known, gap: true };", "", CUTS,
    ),
    one(
        "known entries are taken again", "client", "state/document.ts",
        "if (entry.revision <= known.revision) continue;", "", CUTS,
    ),
    one(
        "the older view of two is taken", "client", "state/view.ts",
        "(a.fence === b.fence && a.viewRevision > b.viewRevision)",
        "(a.fence === b.fence && a.viewRevision < b.viewRevision)",
    ),
    one(
        "catch-up is asked from one too far", "client", "net/catching-up.ts",
        "revision: document?.revision ?? 0,", "revision: (document?.revision ?? -1) + 1,", CUTS,
    ),
    one(
        "nothing is asked for after coming back", "client", "net/session.ts",
        "answer\n        void this.#catching.ask();",
        "answer\n        if (this.#room.document.value === null) void this.#catching.ask();\n"
        '        else this.#room.connection.value = "live";', CUTS,
    ),
    one(
        "the view of a catch-up is not taken", "client", "net/session.ts",
        "this.#share(withWhole(room.shared.value, layout, panes, stamp), !this.#busy());",
        "void [layout, panes, stamp];", CUTS,
    ),
    one(
        "a removed mark keeps its shape", "client", "state/document.ts",
        "{ revision, deleted: true, hidden: false, mark: null }",
        "{ revision, deleted: true, hidden: false }",
    ),
    one(
        "a hidden mark becomes the host's", "client", "state/document.ts",
        "return withAnnotation(document, command.id, { revision, hidden: command.hidden });",
        "return withAnnotation(document, command.id, { by, revision, hidden: command.hidden });",
    ),
    one(
        "who asked is kept when the lead moves (page)", "client", "state/document.ts",
        "return { ...document, lead: { holder, fence, asking: [] } };",
        "return { ...document, lead: { holder, fence, asking: document.lead.asking } };",
    ),
    one(
        "undo brings a hidden mark back in sight", "client", "state/document.ts",
        "{ revision, deleted: mark === null, hidden, mark }",
        "{ revision, deleted: mark === null, hidden: false, mark }",
    ),
    one(
        "a dead line is never noticed", "client", "net/silence.ts",
        "if (this.clock.now() - this.#heardAt < SILENCE_MS) this.#look();",
        "if (this.clock.now() >= this.#heardAt) this.#look();", ("people silent",),
    ),
    one(
        "newest words first", "client", "state/document.ts",
        "chat: [...before.chat, said].slice(-CHAT_KEPT)", "chat: [said, ...before.chat].slice(-CHAT_KEPT)",
    ),
)  # fmt: skip

MUTANTS: Final = (*SCRIPT, *SERVER, *CLIENT)
