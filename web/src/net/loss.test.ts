// What a page does when the server has lost what it had told.
import { expect, test } from "vitest";
import { consultation, DOCTOR, LUNG, PATIENT, SmallPage, SOFT, sharedPane } from "./session.fixture.ts";

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
  expect(sharedPane(patient.room)).toEqual({});
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
  expect(sharedPane(patient.room)).toEqual(LUNG);
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
  expect(sharedPane(patient.room)).toEqual(SOFT);
  server.moves(DOCTOR, LUNG);
  expect([doctor, patient].map(({ room }) => sharedPane(room))).toEqual([LUNG, LUNG]);
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
