import { effect } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { fromSnapshot } from "../state/document.ts";
import { documentHash, viewHash } from "../state/state-hash.ts";
import { NOTHING_SHARED, withWhole } from "../state/view.ts";
import {
  consultation,
  DOCTOR,
  ID,
  LUNG,
  MARK,
  once,
  PATIENT,
  SmallPage,
  SmallServer,
  SOFT,
  sharedPane,
} from "./session.fixture.ts";

test("a page that comes in takes the snapshot and is live", async () => {
  const { doctor, patient } = await consultation();
  expect(patient.room.connection.value).toBe("live");
  expect(patient.room.people.value.map(({ name, leads }) => [name, leads])).toEqual([
    ["Dr. Weber", true],
    ["Maria", false],
  ]);
  expect(doctor.room.leads.value).toBe(true);
});

test("an old view change does not undo a newer one", async () => {
  const { server, doctor, patient } = await consultation();
  doctor.session.steer(SOFT);
  await doctor.clock.turn(50);
  doctor.session.steer(LUNG);
  await doctor.clock.turn(50);
  server.tell("view", { fence: 1, view_revision: 1, by: DOCTOR, pane: 0, change: SOFT });
  expect(sharedPane(patient.room)).toEqual(LUNG);
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
  expect(sharedPane(patient.room)).toEqual(LUNG);
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
  expect(sharedPane(patient.room)).toEqual(LUNG);
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
  expect(sharedPane(patient.room)).toEqual(SOFT);
});

test("nobody sees the document without its view", async () => {
  const server = new SmallServer();
  server.append(DOCTOR, { kind: "person.joined", name: "Dr. Weber", role: "host" });
  server.moves(DOCTOR, SOFT);
  const patient = new SmallPage(server, PATIENT);
  const seen: unknown[] = [];
  effect(() => {
    if (patient.room.document.value !== null) seen.push(sharedPane(patient.room));
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

test("a refused op is taken back and its reason said", async () => {
  const { patient } = await consultation();
  patient.session.do({ kind: "lead.give", to: PATIENT });
  await patient.clock.turn(100);
  expect(patient.room.outbox.value).toEqual([]);
  expect(patient.room.notices.value.map(({ text }) => text)).toEqual(["Somebody else leads now."]);
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
