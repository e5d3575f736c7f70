import { effect } from "@preact/signals";
import { expect, test, vi } from "vitest";
import type { Mark, PaneView } from "../protocol.ts";
import { fromSnapshot } from "../state/document.ts";
import { documentHash, viewHash } from "../state/state-hash.ts";
import { NOTHING_SHARED, withWhole } from "../state/view.ts";
import { consultation, DOCTOR, PATIENT, SmallPage, SmallServer } from "./session.fixture.ts";

const SOFT: PaneView = { window: { center: 40, width: 400, function: "LINEAR" } };
const LUNG: PaneView = { window: { center: -600, width: 1500, function: "LINEAR" } };
const MARK: Mark = {
  series: "s1",
  stack: 0,
  shape: { kind: "text", at: { kind: "image", frame: 0, point_milli: [500, 500] }, text: "here" },
};
const ID = "mark-0123456789abcdef";

function once(call: () => void): () => void {
  let done = false;
  return () => {
    if (!done) call();
    done = true;
  };
}

test("a page that comes in takes the snapshot and is live", async () => {
  const { doctor, patient } = await consultation();
  expect(patient.room.connection.value).toBe("live");
  expect(patient.room.people.value.map(({ name, leads }) => [name, leads])).toEqual([
    ["Dr. Weber", true],
    ["Maria", false],
  ]);
  expect(doctor.room.leads.value).toBe(true);
});

test("what the leader shows reaches the others, and does not move the leader's own screen again", async () => {
  const { doctor, patient } = await consultation();
  const before = doctor.room.movedByOthers.value;
  doctor.session.steer(SOFT);
  await doctor.clock.turn(0);
  expect(patient.room.sharedPane.value).toEqual(SOFT);
  expect(doctor.room.sharedPane.value).toEqual(SOFT);
  expect(doctor.room.movedByOthers.value).toBe(before);
  expect(patient.room.movedByOthers.value).toBeGreaterThan(0);
});

test("the echo of own steering that comes after its answer moves nothing", async () => {
  const { server, doctor } = await consultation();
  doctor.session.steer(SOFT);
  await doctor.clock.turn(0);
  const before = doctor.room.movedByOthers.value;
  server.tell("view", { fence: 1, view_revision: 1, by: DOCTOR, pane: 0, change: SOFT });
  expect(doctor.room.movedByOthers.value).toBe(before);
});

test("steering is told at most every 34 ms, the newest of each field", async () => {
  const { server, doctor } = await consultation();
  for (let step = 0; step < 100; step += 1) {
    doctor.session.steer({ window: { center: step, width: 400, function: "LINEAR" } });
    await doctor.clock.turn(2);
  }
  await doctor.clock.turn(100);
  const told = server.asked.filter(({ event }) => event === "view");
  expect(told.length).toBeLessThanOrEqual(200 / 34 + 2);
  expect(server.view.window?.center).toBe(99);
  expect(doctor.session.settled()).toBe(true);
});

test("steering whose answer is lost is told again", async () => {
  const { server, doctor } = await consultation();
  server.loseAnswers = 1;
  doctor.session.steer(LUNG);
  await doctor.clock.turn(200);
  expect(doctor.session.settled()).toBe(true);
  expect(doctor.room.sharedPane.value).toEqual(LUNG);
});

test("steering that the server makes one command of is shared as that, and moves no screen back", async () => {
  // R44
  const { server, doctor, patient } = await consultation();
  const before = doctor.room.movedByOthers.value;
  server.paced = true;
  const steps: PaneView[] = [{ ...SOFT, field: { width: 900, height: 900 } }, LUNG];
  for (const step of steps) {
    doctor.session.steer(step);
    await doctor.clock.turn(40);
  }
  server.write();
  await doctor.clock.turn(0);
  expect(doctor.session.settled()).toBe(true);
  expect(server.viewRevision).toBe(1);
  expect(patient.room.sharedPane.value).toEqual({ ...SOFT, ...steps[0], ...LUNG });
  expect(doctor.room.sharedPane.value).toEqual(patient.room.sharedPane.value);
  expect(doctor.room.movedByOthers.value).toBe(before);
});

test("answers that overtake the word to everyone leave the newest of one view revision", async () => {
  // R44
  const { server, doctor } = await consultation();
  const before = doctor.room.movedByOthers.value;
  const tell = server.tell;
  const late: [string, unknown][] = [];
  server.paced = true;
  server.tell = (event, data) => void late.push([event, data]);
  for (const step of [SOFT, LUNG]) {
    doctor.session.steer(step);
    await doctor.clock.turn(40);
  }
  server.write();
  await doctor.clock.turn(0);
  expect(doctor.room.sharedPane.value).toEqual(LUNG);
  for (const [event, data] of late) tell.call(server, event, data);
  expect(doctor.room.sharedPane.value).toEqual(LUNG);
  expect(doctor.room.movedByOthers.value).toBe(before);
});

test("a leader whose lead moved away snaps back to the shared view", async () => {
  // I5
  const { server, doctor } = await consultation();
  doctor.session.steer(SOFT);
  await doctor.clock.turn(0);
  const before = doctor.room.movedByOthers.value;
  server.append(DOCTOR, { kind: "lead.give", to: PATIENT });
  doctor.session.steer(LUNG);
  await doctor.clock.turn(100);
  expect(server.view).toEqual(SOFT);
  expect(doctor.room.movedByOthers.value).toBeGreaterThan(before);
  expect(doctor.room.notices.value).toEqual([]);
});

test("an old view change does not undo a newer one", async () => {
  const { server, doctor, patient } = await consultation();
  doctor.session.steer(SOFT);
  await doctor.clock.turn(50);
  doctor.session.steer(LUNG);
  await doctor.clock.turn(50);
  server.tell("view", { fence: 1, view_revision: 1, by: DOCTOR, pane: 0, change: SOFT });
  expect(patient.room.sharedPane.value).toEqual(LUNG);
});

test("an entry after a gap makes the page ask for what it lacks", async () => {
  const { server, patient } = await consultation();
  server.append(DOCTOR, { kind: "series.opened", series: "s1", other_patient: false });
  server.happens(DOCTOR, { kind: "series.opened", series: "s2", other_patient: false });
  await patient.clock.turn(0);
  expect(patient.room.document.value?.series.map(({ series }) => series)).toEqual(["s1", "s2"]);
  expect(patient.room.document.value).toEqual(server.document);
});

test("what the server tells before it answers sync, and before the snapshot comes, is not lost", async () => {
  const server = new SmallServer();
  server.append(DOCTOR, { kind: "person.joined", name: "Dr. Weber", role: "host" });
  server.append(DOCTOR, { kind: "lead.take" });
  server.moves(DOCTOR, SOFT);
  server.beforeAnswer = once(() => {
    server.happens(DOCTOR, { kind: "series.opened", series: "s-answer", other_patient: false });
  });
  server.beforeSnapshot = once(() => {
    server.happens(DOCTOR, { kind: "series.opened", series: "s-snapshot", other_patient: false });
    server.moves(DOCTOR, LUNG);
  });
  const patient = new SmallPage(server, PATIENT);
  await patient.connect();
  expect(server.asked.map(({ event }) => event)).toEqual(["sync"]);
  expect(patient.room.document.value).toEqual(server.document);
  expect(patient.room.document.value?.series.map(({ series }) => series)).toEqual(["s-answer", "s-snapshot"]);
  expect(patient.room.sharedPane.value).toEqual(LUNG);
});

test("a snapshot that comes after the socket went makes no page live", async () => {
  const { server, patient } = await consultation();
  const late = new SmallPage(server, PATIENT);
  server.beforeSnapshot = once(() => {
    late.cut();
    server.happens(DOCTOR, { kind: "series.opened", series: "s-away", other_patient: false });
  });
  await late.connect();
  expect(late.room.connection.value).toBe("connecting");
  await late.connect();
  expect(late.room.connection.value).toBe("live");
  expect(late.room.document.value).toEqual(patient.room.document.value);
});

test("a snapshot for a socket that went is asked for anew by the next one", async () => {
  const { server, patient } = await consultation();
  const late = new SmallPage(server, PATIENT);
  server.beforeSnapshot = once(() => {
    late.cut();
    server.happens(DOCTOR, { kind: "series.opened", series: "s-away", other_patient: false });
    void late.connect();
  });
  const seen: string[] = [];
  const end = late.room.connection.subscribe((now) => {
    if (now === "live") seen.push(`live at ${late.room.document.value?.revision}`);
  });
  await late.connect();
  end();
  expect(seen).toEqual([`live at ${server.document.revision}`]);
  expect(late.room.document.value).toEqual(patient.room.document.value);
});

test("what the server tells a page that came back before it answers sync is not lost", async () => {
  const { server, doctor, patient } = await consultation();
  doctor.session.steer(SOFT);
  await doctor.clock.turn(50);
  patient.cut();
  server.happens(DOCTOR, { kind: "series.opened", series: "s-away", other_patient: false });
  server.beforeAnswer = once(() => {
    server.happens(DOCTOR, { kind: "series.opened", series: "s-answer", other_patient: false });
    server.moves(DOCTOR, LUNG);
  });
  await patient.connect();
  await patient.clock.turn(1000);
  expect(patient.room.document.value).toEqual(server.document);
  expect(patient.room.sharedPane.value).toEqual(LUNG);
});

test("a view that is told while the older whole is on its way stays, whoever leads by then", async () => {
  const { server, doctor, patient } = await consultation();
  server.moves(DOCTOR, LUNG);
  patient.cut();
  await doctor.clock.turn(0);
  server.beforeAnswer = once(() => {
    server.moves(DOCTOR, SOFT);
    server.happens(DOCTOR, { kind: "lead.take" });
  });
  await patient.connect();
  await patient.clock.turn(100);
  expect(patient.room.document.value?.lead.fence).toBe(2);
  expect(patient.room.sharedPane.value).toEqual(SOFT);
});

test("nobody sees the document without its view", async () => {
  const server = new SmallServer();
  server.append(DOCTOR, { kind: "person.joined", name: "Dr. Weber", role: "host" });
  server.moves(DOCTOR, SOFT);
  const patient = new SmallPage(server, PATIENT);
  const seen: unknown[] = [];
  effect(() => {
    if (patient.room.document.value !== null) seen.push(patient.room.sharedPane.value);
  });
  await patient.connect();
  expect(seen).toEqual([SOFT]);
});

test("an op whose answer was lost is sent again under the same name and applied once", async () => {
  // I4
  const { server, patient } = await consultation();
  server.loseAnswers = 2;
  patient.session.do({ kind: "annotation.create", id: ID, mark: MARK });
  await patient.clock.turn(1000);
  const sent = server.asked.filter(({ event }) => event === "op").map(({ message }) => message);
  expect(sent).toHaveLength(3);
  expect(sent[0]).toEqual(sent[2]);
  expect(server.document.annotations).toHaveLength(1);
  expect(patient.room.outbox.value).toEqual([]);
});

test("a change the server cannot save is shown as not saved until it is", async () => {
  // I12
  const { server, patient } = await consultation();
  server.saving = false;
  patient.session.do({ kind: "annotation.create", id: ID, mark: MARK });
  await patient.clock.turn(100);
  expect(patient.room.unsaved.value).toBe(1);
  server.saving = true;
  await patient.clock.turn(5000);
  expect(patient.room.unsaved.value).toBe(0);
  expect(server.document.annotations).toHaveLength(1);
});

test("changes made while the connection is gone are kept in their order and told after it is back", async () => {
  // I1
  const { server, patient } = await consultation();
  patient.cut();
  expect(patient.room.connection.value).toBe("reconnecting");
  patient.session.do({ kind: "annotation.create", id: ID, mark: MARK });
  patient.session.do({ kind: "annotation.delete", id: ID });
  await patient.clock.turn(3000);
  expect(patient.room.unsaved.value).toBe(2);
  await patient.connect();
  await patient.clock.turn(3000);
  expect(server.document.annotations[0]?.deleted).toBe(true);
  expect(patient.room.outbox.value).toEqual([]);
});

test("a leader who went on looking while offline shows that after coming back", async () => {
  const { server, doctor, patient } = await consultation();
  doctor.cut();
  doctor.session.steer(LUNG);
  await doctor.clock.turn(500);
  expect(server.view).toEqual({});
  await doctor.connect();
  await doctor.clock.turn(100);
  expect(patient.room.sharedPane.value).toEqual(LUNG);
});

test("a refused op is taken back and its reason said", async () => {
  const { patient } = await consultation();
  patient.session.do({ kind: "lead.give", to: PATIENT });
  await patient.clock.turn(100);
  expect(patient.room.outbox.value).toEqual([]);
  expect(patient.room.notices.value.map(({ text }) => text)).toEqual(["Somebody else leads now."]);
});

test("a patient shows hers once she is given the lead she asked for", async () => {
  const { server, doctor, patient } = await consultation();
  patient.room.following.value = false;
  patient.session.show(() => LUNG);
  await patient.clock.turn(100);
  expect(doctor.room.people.value[1]?.asking).toBe(true);
  doctor.session.do({ kind: "lead.give", to: PATIENT });
  await doctor.clock.turn(100);
  await patient.clock.turn(100);
  expect(patient.room.following.value).toBe(true);
  expect(server.view).toEqual(LUNG);
  expect(doctor.room.sharedPane.value).toEqual(LUNG);
});

test("who waits for the lead shows what is on the screen when it comes", async () => {
  const { server, doctor, patient } = await consultation();
  patient.room.following.value = false;
  let seen = LUNG;
  patient.session.show(() => seen);
  await patient.clock.turn(100);
  seen = SOFT;
  doctor.session.do({ kind: "lead.give", to: PATIENT });
  await doctor.clock.turn(100);
  await patient.clock.turn(100);
  expect(server.view).toEqual(SOFT);
});

test("whoever asks for the lead no more shows nothing when it comes", async () => {
  const { server, doctor, patient } = await consultation();
  patient.session.show(() => LUNG);
  await patient.clock.turn(100);
  patient.session.do({ kind: "lead.ask", asking: false });
  await patient.clock.turn(100);
  doctor.session.do({ kind: "lead.give", to: PATIENT });
  await doctor.clock.turn(100);
  await patient.clock.turn(100);
  expect(server.view).toEqual({});
});

test("the lead of somebody who is not here can be taken", async () => {
  const { doctor, patient } = await consultation();
  expect(patient.room.mayTakeLead.value).toBe(false);
  doctor.cut();
  expect(patient.room.mayTakeLead.value).toBe(true);
  patient.session.show(() => LUNG);
  await patient.clock.turn(100);
  expect(patient.room.leads.value).toBe(true);
});

test("a host shows his at once, with the lead taken", async () => {
  const { server, doctor } = await consultation();
  doctor.session.do({ kind: "lead.give", to: PATIENT });
  await doctor.clock.turn(100);
  doctor.room.following.value = false;
  doctor.session.show(() => SOFT);
  await doctor.clock.turn(100);
  expect(doctor.room.leads.value).toBe(true);
  expect(server.view).toEqual(SOFT);
});

test("who is given the lead while looking alone comes back to the shared view", async () => {
  const { doctor, patient } = await consultation();
  patient.room.following.value = false;
  const before = patient.room.movedByOthers.value;
  doctor.session.do({ kind: "lead.give", to: PATIENT });
  await doctor.clock.turn(100);
  expect(patient.room.following.value).toBe(true);
  expect(patient.room.movedByOthers.value).toBeGreaterThan(before);
});

test("a server that lost history is said to have, and is followed only when told to", async () => {
  const { server, patient } = await consultation();
  server.happens(DOCTOR, { kind: "series.opened", series: "s1", other_patient: false });
  patient.cut();
  server.log = [];
  server.document = { ...server.document, epoch: "e2", revision: 0, head: "", series: [] };
  await patient.connect();
  expect(patient.room.connection.value).toBe("state lost");
  expect(patient.room.document.value?.series.map(({ series }) => series)).toEqual(["s1"]);
  patient.session.acceptLoss();
  await patient.clock.turn(100);
  expect(patient.room.connection.value).toBe("live");
  expect(patient.room.document.value).toEqual(server.document);
});

test("a farewell for a lost history is followed by coming back and being told of it", async () => {
  const { server, patient } = await consultation();
  server.happens(DOCTOR, { kind: "series.opened", series: "s1", other_patient: false });
  server.document = { ...server.document, epoch: "e2", revision: 0, head: "" };
  server.tell("farewell", { code: "STATE_LOST", message: "The room has lost part of its history." });
  patient.cut();
  expect(patient.room.connection.value).toBe("reconnecting");
  await patient.connect();
  expect(patient.room.connection.value).toBe("state lost");
  server.happens(DOCTOR, { kind: "series.opened", series: "s2", other_patient: false });
  server.moves(DOCTOR, LUNG);
  expect(patient.room.document.value?.series.map(({ series }) => series)).toEqual(["s1"]);
  expect(patient.room.sharedPane.value).toEqual({});
});

test("going back to the shared picture takes the wish to show one's own back", async () => {
  const { doctor, patient } = await consultation();
  patient.session.show(() => LUNG);
  await patient.clock.turn(100);
  expect(doctor.room.people.value[1]?.asking).toBe(true);
  patient.session.withdraw();
  await patient.clock.turn(100);
  expect(doctor.room.people.value[1]?.asking).toBe(false);
});

test("a server of another protocol ends the stay", async () => {
  const { server, patient } = await consultation();
  server.tell("welcome", { protocol: 2 });
  expect(patient.room.connection.value).toBe("ended");
  expect(patient.room.farewell.value?.code).toBe("OLD_PROTOCOL");
});

test("a message that is not of the protocol is never taken; what it said is asked for", async () => {
  const { server, patient } = await consultation();
  const asked = server.asked.length;
  server.tell("entries", { entries: [{ revision: "4" }] });
  await patient.clock.turn(0);
  expect(server.asked.slice(asked).map(({ event }) => event)).toContain("sync");
  expect(patient.room.document.value).toEqual(server.document);
});

test("a page that differed and whose socket went while it fetched asks on the next one, and hears again", async () => {
  const { server, patient } = await consultation();
  const right = server.snapshot();
  patient.room.document.value = { ...fromSnapshot(right), gathered: 99 };
  server.beforeSnapshot = once(() => patient.cut());
  const document = await documentHash(fromSnapshot(right));
  server.tell("state", {
    revision: right.revision,
    view_revision: right.view_revision,
    document,
    view: "of this view",
  });
  await vi.waitFor(() => expect(patient.room.connection.value).toBe("reconnecting"));
  const asked = server.asked.length;
  await patient.connect();
  await vi.waitFor(() => expect(patient.room.connection.value).toBe("live"));
  expect(server.asked.slice(asked).map(({ event }) => event)).toContain("sync");
  expect(patient.room.document.value).toEqual(server.document);
});

test("a page that opens a room that stands still after a loss is told so, and goes on with everyone", async () => {
  // R53
  const { server, doctor, patient } = await consultation();
  server.frozen = true;
  const late = new SmallPage(server, PATIENT);
  for (const page of [late, doctor]) {
    page.cut();
    await page.connect();
    expect(page.room.connection.value).toBe("state lost");
    expect(page.room.lost.value?.frozen).toBe(true);
  }
  expect(await doctor.session.goOn()).toBe(true);
  await late.clock.turn(0);
  expect(late.room.connection.value).toBe("live");
  expect(late.room.document.value).toEqual(server.document);
  expect(patient.room.document.value).toEqual(server.document);
});

test("whoever looks alone is brought back when everyone is brought here", async () => {
  const { server, patient } = await consultation();
  patient.room.following.value = false;
  server.happens(DOCTOR, { kind: "stage.gather" });
  expect(patient.room.following.value).toBe(true);
  expect(patient.room.notices.value).toHaveLength(1);
});

test("a page that differs from the server at the same revision takes the server's whole", async () => {
  const { server, patient } = await consultation();
  const right = server.snapshot();
  patient.room.document.value = { ...fromSnapshot(right), gathered: 99 };
  const shared = withWhole(NOTHING_SHARED, right.layout, right.panes, {
    fence: right.lead.fence,
    viewRevision: right.view_revision,
  });
  const { revision, view_revision } = right;
  const told = {
    revision,
    view_revision,
    document: await documentHash(fromSnapshot(right)),
    view: await viewHash(shared),
  };
  server.tell("state", { ...told, revision: revision + 1 });
  server.tell("state", told);
  await vi.waitFor(() => expect(patient.room.document.value?.gathered).toBe(0));
  expect(patient.room.divergences.value).toBe(1);
  server.tell("state", told);
  await patient.clock.turn(0);
  expect(patient.room.divergences.value).toBe(1);
});

test("a page that was told of a newer state than it has asks for what it lacks", async () => {
  const { server, patient } = await consultation();
  const { revision } = server.append(DOCTOR, { kind: "hand.raise", raised: true });
  expect(patient.room.document.value?.revision).toBe(revision - 1);
  server.tell("state", { revision, view_revision: server.viewRevision, document: "", view: "" });
  await patient.clock.turn(0);
  expect(patient.room.document.value?.revision).toBe(revision);
  expect(patient.room.divergences.value).toBe(0);
});

test("a connection that says nothing for seven seconds is taken for dead", async () => {
  const { server, patient } = await consultation();
  await patient.clock.turn(6000);
  server.tell("presence", { full: false, people: [], gone: [] });
  await patient.clock.turn(6000);
  expect(patient.renewed).toBe(0);
  await patient.clock.turn(1500);
  expect(patient.renewed).toBe(1);
  expect(patient.room.connection.value).toBe("reconnecting");
});

test("a connection that dies between its welcome and the first answer is taken for dead, too", async () => {
  // I13
  const server = new SmallServer();
  const patient = new SmallPage(server, PATIENT);
  const answers = server.answer;
  server.answer = () => new Promise(() => undefined);
  await patient.connect();
  await patient.clock.turn(6000);
  expect(patient.renewed).toBe(0);
  await patient.clock.turn(1500);
  expect(patient.renewed).toBe(1);
  server.answer = answers;
  await patient.connect();
  expect(patient.room.connection.value).toBe("live");
});

test("in a room that stands still after a loss changes wait, and a host goes on for everyone", async () => {
  const { server, doctor, patient } = await consultation();
  server.happens(PATIENT, { kind: "chat.say", text: "kept" });
  const before = server.document;
  server.happens(PATIENT, { kind: "chat.say", text: "lost" });
  server.document = before;
  server.log.pop();
  server.frozen = true;
  for (const page of [doctor, patient]) {
    page.cut();
    await page.connect();
    expect(page.room.lost.value).toEqual({ frozen: true, gone: [{ kind: "messages", count: 1 }] });
  }
  patient.session.do({ kind: "chat.say", text: "waits" });
  expect(await doctor.session.goOn()).toBe(true);
  await doctor.clock.turn(0);
  expect([doctor.room.connection.value, doctor.room.document.value?.epoch]).toEqual(["live", "e2"]);
  expect(patient.room.lost.value?.frozen).toBe(false);
  patient.session.acceptLoss();
  await patient.clock.turn(3000);
  expect(patient.room.document.value?.chat.map(({ text }) => text)).toEqual(["kept", "waits"]);
});

test("after a loss of views alone a page takes the older view, and hears the next one", async () => {
  const { server, doctor, patient } = await consultation();
  for (const change of [LUNG, SOFT, LUNG]) server.moves(DOCTOR, change);
  expect(patient.room.sharedPane.value).toEqual(LUNG);
  server.viewRevision = 1;
  server.view = SOFT;
  server.frozen = true;
  patient.cut();
  await patient.connect();
  expect(patient.room.connection.value).toBe("state lost");
  expect(await doctor.session.goOn()).toBe(true);
  await doctor.clock.turn(100);
  await patient.clock.turn(100);
  expect(patient.room.connection.value).toBe("live");
  expect(patient.room.sharedPane.value).toEqual(SOFT);
  server.moves(DOCTOR, LUNG);
  expect([doctor, patient].map(({ room }) => room.sharedPane.value)).toEqual([LUNG, LUNG]);
});

test("a change that was kept and is in no history after a cut is sent again under its name", async () => {
  // I1
  const { server, patient } = await consultation();
  const [before, tell] = [server.document, server.tell];
  server.tell = () => undefined;
  patient.session.do({ kind: "chat.say", text: "kept once" });
  await patient.clock.turn(50);
  expect(patient.room.outbox.value.map(({ savedAt }) => savedAt)).toEqual([before.revision + 1]);
  server.tell = tell;
  server.forget(before);
  patient.cut();
  await patient.connect();
  await patient.clock.turn(100);
  expect(server.document.chat.map(({ text }) => text)).toEqual(["kept once"]);
  expect(patient.room.outbox.value).toEqual([]);
  const names = server.asked.flatMap(({ event, message }) => (event === "op" ? [message] : []));
  expect(names).toHaveLength(2);
  expect(names[0]).toEqual(names[1]);
});

test("each pane is steered by a hand of its own, and the layout with one of them", async () => {
  const { server, doctor } = await consultation();
  const window = { center: 40, width: 400, function: "LINEAR" } as const;
  doctor.session.steer({ window }, 3, "2x2");
  doctor.session.steer({ window }, 0);
  await doctor.clock.turn(0);
  const sent = server.asked.filter(({ event }) => event === "view").map(({ message }) => message);
  const page = expect.stringMatching(/^[\w-]{16,64}$/);
  expect(sent).toEqual([
    { fence: 1, pane: 3, change: { window }, layout: "2x2", page, n: 1 },
    { fence: 1, pane: 0, change: { window }, layout: null, page, n: 2 },
  ]);
});
