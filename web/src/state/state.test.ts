import { expect, test } from "vitest";
import type { Command, LogCommand, LogEntry, Place } from "../protocol.ts";
import { addressOf, fragmentOf } from "./address.ts";
import { COLORS, colorOf } from "./colors.ts";
import { dayOf, personOf } from "./dicom-text.ts";
import { difference } from "./difference.ts";
import { emptyDocument, withEntries } from "./document.ts";
import { hasChangedMarks, marksOn } from "./marks.ts";
import { standing, withFrame } from "./presence.ts";
import { merged, NOTHING_SHARED, panesOf, rounded, withChange, withWhole } from "./view.ts";

const PLACE: Place = { kind: "image", frame: 1, point_milli: [500, 500] };
const MARK = { series: "s1", stack: 0, shape: { kind: "text", at: PLACE, text: "here" } } as const;
const EMPTY = emptyDocument("e");

function log(...commands: [string, LogCommand, number?][]): LogEntry[] {
  return commands.map(([by, command, fence], index) => ({
    version: 2,
    revision: index + 1,
    at_ms: 0,
    by,
    op_id: `op${index}`,
    command,
    fence: fence ?? 0,
    head: `h${index + 1}`,
  }));
}

const JOINED = log(
  ["d", { kind: "person.joined", name: "Dr. Weber", role: "host" }],
  ["d", { kind: "lead.take" }, 1],
  ["p", { kind: "person.joined", name: "Maria", role: "patient" }],
  ["p", { kind: "lead.ask", asking: true }, 1],
  ["p", { kind: "annotation.create", id: "b", mark: MARK }],
  ["d", { kind: "annotation.create", id: "a", mark: MARK }],
);

test("entries known already are dropped, the next are applied, a gap stops", () => {
  const first = withEntries(EMPTY, JOINED.slice(0, 2));
  const again = withEntries(first.document, JOINED.slice(0, 3));
  expect(again.document.people.map(({ name }) => name)).toEqual(["Dr. Weber", "Maria"]);
  const gap = withEntries(first.document, JOINED.slice(3));
  expect(gap).toEqual({ document: first.document, gap: true });
});

test("marks stand in the order of their ids, as in a snapshot; a removed one leaves a tombstone", () => {
  const { document } = withEntries(EMPTY, JOINED);
  expect(document.annotations.map(({ id, by }) => [id, by])).toEqual([
    ["a", "d"],
    ["b", "p"],
  ]);
  const removal = { ...log(["d", { kind: "annotation.delete", id: "b" }])[0], revision: 7 } as LogEntry;
  const after = withEntries(document, [removal]).document;
  expect(after.annotations[1]).toEqual({
    id: "b",
    by: "p",
    revision: 7,
    deleted: true,
    hidden: false,
    answered: false,
    mark: null,
  });
});

test("a move of the lead raises the fence and clears who asked", () => {
  const { document } = withEntries(EMPTY, JOINED);
  expect(document.lead).toEqual({ holder: "d", fence: 1, asking: ["p"] });
  const gift = { ...log(["d", { kind: "lead.give", to: "p" }, 2])[0], revision: 7 } as LogEntry;
  expect(withEntries(document, [gift]).document.lead).toEqual({ holder: "p", fence: 2, asking: [] });
});

test("somebody who comes in again under another name is still one person", () => {
  const entries = log(
    ["p", { kind: "person.joined", name: "M", role: "patient" }],
    ["p", { kind: "person.joined", name: "Maria", role: "patient" }],
  );
  expect(withEntries(EMPTY, entries).document.people).toEqual([
    { principal: "p", name: "Maria", role: "patient", removed: false },
  ]);
});

test("each field of the view keeps its newest writing, by fence and then view revision", () => {
  const wide = { width: 2000, height: 2000 };
  const soft = { center: 40, width: 400, function: "LINEAR" } as const;
  const told = (fence: number, view_revision: number, change: object) => ({
    fence,
    view_revision,
    by: "d",
    pane: 0,
    change,
  });
  let shared = withChange(NOTHING_SHARED, told(2, 5, { field: wide }));
  shared = withChange(shared, told(1, 9, { field: { width: 1, height: 1 }, window: soft }));
  expect(shared.panes["0"]?.view).toEqual({ field: wide, window: soft });
  expect(shared.latest).toEqual({ fence: 2, viewRevision: 5 });
});

test("the whole view told at a stamp fills what is not known newer; null leaves a field as it is", () => {
  const soft = { center: 40, width: 400, function: "LINEAR" } as const;
  const lung = { center: -600, width: 1500, function: "LINEAR" } as const;
  const known = withChange(NOTHING_SHARED, {
    fence: 1,
    view_revision: 8,
    by: "d",
    pane: 0,
    change: { window: lung },
  });
  const whole = { "0": { window: soft, place: PLACE, field: null } };
  const view = withWhole(known, "2x2", whole, { fence: 1, viewRevision: 7 }).panes["0"]?.view;
  expect(view).toEqual({ window: lung, place: PLACE });
  expect(merged({ place: PLACE }, { place: null, window: soft })).toEqual({ place: PLACE, window: soft });
});

test("a film is a field of its own: starting it changes nothing else", () => {
  const playing = { playing: true, rate: 1, first_frame: 2, started_at: 9 };
  expect(merged({ place: PLACE }, { cine: playing })).toEqual({ place: PLACE, cine: playing });
  const told = { fence: 1, view_revision: 3, by: "d", pane: 0, change: { cine: playing } };
  expect(withChange(NOTHING_SHARED, told).panes["0"]?.view).toEqual({ cine: playing });
});

test("windows are sent with 7 significant digits", () => {
  const view = rounded({ window: { center: 40.123456789, width: 1 / 3, function: "LINEAR" } });
  expect(view.window).toEqual({ center: 40.12346, width: 0.3333333, function: "LINEAR" });
});

test("presence: the newest word of a connection wins, a full frame replaces all", () => {
  const here = { principal: "p", pointer: null, following: true, quality: "full", typing: false } as const;
  let presence = withFrame({}, { full: false, people: [{ ...here, connection: "c1", n: 2 }], gone: [] });
  presence = withFrame(presence, {
    full: false,
    people: [{ ...here, connection: "c1", n: 1, following: false }],
    gone: [],
  });
  expect(standing(presence, "p", [], 0)).toEqual({
    here: true,
    following: true,
    typing: false,
    quality: "full",
    sees: { kind: "unknown" },
  });
  presence = withFrame(presence, { full: false, people: [], gone: ["c1"] });
  expect(standing(presence, "p", [], 0).here).toBe(false);
  presence = withFrame(presence, { full: true, people: [{ ...here, connection: "c2", n: 1 }], gone: [] });
  expect(Object.keys(presence)).toEqual(["c2"]);
});

test("somebody is behind for as long as this page knows a newer view than the one on his screen", () => {
  // R62
  const drawn = { fence: 4, view_revision: 7, revision: 1, panes: [] };
  const person = { principal: "p", connection: "c1", n: 1, following: true, quality: "full" } as const;
  const sees = (change: object, learned: { viewRevision: number; at: number }[]) => {
    const one = { ...person, pointer: null, typing: false, drawn, ...change };
    return standing({ c1: one }, "p", learned, 2000).sees;
  };
  const known = [5, 7].map((viewRevision) => ({ viewRevision, at: viewRevision * 100 }));
  expect(sees({}, known)).toEqual({ kind: "same" });
  const newer = [...known, { viewRevision: 8, at: 800 }, { viewRevision: 9, at: 900 }];
  expect(sees({}, newer)).toEqual({ kind: "behind", ms: 1200 });
  expect(sees({ following: false }, newer)).toEqual({ kind: "own" });
  expect(sees({ drawn: null }, newer)).toEqual({ kind: "unknown" });
});

test("of the whole view told at a stamp nothing older stays, not even what it does not hold", () => {
  const soft = { center: 40, width: 400, function: "LINEAR" } as const;
  const told = (view_revision: number, pane: number, change: object) => ({
    fence: 1,
    view_revision,
    by: "d",
    pane,
    change,
  });
  let known = withChange(NOTHING_SHARED, told(1, 0, { window: soft, place: PLACE }));
  known = withChange(known, told(2, 1, { window: soft }));
  known = withChange(known, told(5, 2, { window: soft }));
  const mended = withWhole(known, "1x1", { "0": { window: soft } }, { fence: 1, viewRevision: 4 });
  expect(panesOf(mended)).toEqual({ "0": { window: soft }, "2": { window: soft } });
  expect(mended.latest.viewRevision).toBe(5);
});

test("after a loss only what is really gone is counted, however its nulls were told", () => {
  const { document } = withEntries(EMPTY, JOINED);
  const whole = document.annotations.map((mark) => ({
    ...mark,
    mark: { ...MARK, frame: null, measured: null, unmeasurable: null },
  }));
  expect(difference(document, { ...document, annotations: whole })).toEqual([]);
  expect(difference(document, { ...document, annotations: whole.slice(1) })).toEqual([
    { kind: "marks", count: 1 },
  ]);
});

test("a change that is told twice is the same view", () => {
  const told = { fence: 1, view_revision: 1, by: "d", pane: 0, change: { place: PLACE } };
  const once = withChange(NOTHING_SHARED, told);
  expect(withChange(once, structuredClone(told))).toBe(once);
});

test("two people never share a color before the eighth, and everyone sees the same ones", () => {
  const people = COLORS.map((_, index) => ({
    principal: `p${index}`,
    name: "x",
    role: "patient" as const,
    removed: false,
  }));
  expect(new Set(people.map(({ principal }) => colorOf(people, principal))).size).toBe(COLORS.length);
});

test("what is not kept yet is drawn as pending over the document's marks", () => {
  const { document } = withEntries(EMPTY, JOINED);
  const waiting = [
    { kind: "annotation.delete", id: "b" },
    { kind: "annotation.create", id: "c", mark: MARK },
    { kind: "annotation.create", id: "elsewhere", mark: { ...MARK, series: "s2" } },
  ] as const;
  const drawn = marksOn(document, waiting, "p", "s1", 0);
  expect(drawn.map(({ id, own, pending }) => [id, own, pending])).toEqual([
    ["a", false, false],
    ["c", true, true],
  ]);
  const hiding = [{ kind: "annotation.hide", id: "a", hidden: true }] as const;
  expect(marksOn(document, hiding, "d", "s1", 0).map(({ id, hidden }) => [id, hidden])).toEqual([
    ["a", true],
    ["b", false],
  ]);
  expect(["p", "d", "somebody"].map((who) => hasChangedMarks(document, [], who, false))).toEqual([
    true,
    true,
    false,
  ]);
  expect(hasChangedMarks(document, [{ kind: "annotation.delete", id: "b" }], "somebody", false)).toBe(true);
});

test("a waiting undo takes back what waits before it, and a waiting redo does it again", () => {
  const { document } = withEntries(EMPTY, JOINED);
  const create = { kind: "annotation.create", id: "c", mark: MARK } as const;
  const [undo, redo] = [{ kind: "annotation.undo" }, { kind: "annotation.redo" }] as const;
  const ids = (waiting: readonly Command[]) => marksOn(document, waiting, "p", "s1", 0).map(({ id }) => id);
  expect(ids([create, undo])).toEqual(["a", "b"]);
  expect(ids([create, undo, redo])).toEqual(["a", "b", "c"]);
  expect(ids([create, undo, undo, redo])).toEqual(["a", "b", "c"]);
  expect(ids([undo, create])).toEqual(["a", "b", "c"]);
});

test("an address is an invitation, a place in a room, or broken", () => {
  const secret = "A".repeat(43);
  expect(addressOf(`#r1.${secret}`)).toEqual({ kind: "invitation", room: "r1", secret });
  expect(addressOf(fragmentOf("r1", "g1"))).toEqual({ kind: "room", room: "r1", grant: "g1" });
  expect(addressOf(`#r1.${"A".repeat(42)}`)).toEqual({ kind: "broken" });
  expect(addressOf("#")).toEqual({ kind: "none" });
});

test("names and dates of DICOM are written as people write them", () => {
  expect(personOf("Weber^Anna^M.^Dr.")).toBe("Weber, Dr. Anna M.");
  expect(personOf("Yamada^Tarou=山田^太郎")).toBe("Yamada, Tarou");
  expect(personOf("PHANTOM")).toBe("PHANTOM");
  expect(["20260310", "1995.06.26", "", "00000000", "1990"].map(dayOf)).toEqual([
    "2026-03-10",
    "1995-06-26",
    "",
    "",
    "1990",
  ]);
});
