// Whose view everyone is shown: steering, the lead given and taken, and who looks alone.
import { expect, test } from "vitest";
import type { PaneView } from "../protocol.ts";
import { consultation, DOCTOR, LUNG, onePane, PATIENT, SOFT, sharedPane } from "./session.fixture.ts";

test("what the leader shows reaches the others, and does not move the leader's own screen again", async () => {
  const { doctor, patient } = await consultation();
  const before = doctor.room.movedByOthers.value;
  doctor.session.steer(SOFT);
  await doctor.clock.turn(0);
  expect(sharedPane(patient.room)).toEqual(SOFT);
  expect(sharedPane(doctor.room)).toEqual(SOFT);
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
  expect(sharedPane(doctor.room)).toEqual(LUNG);
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
  expect(sharedPane(patient.room)).toEqual({ ...SOFT, ...steps[0], ...LUNG });
  expect(sharedPane(doctor.room)).toEqual(sharedPane(patient.room));
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
  expect(sharedPane(doctor.room)).toEqual(LUNG);
  for (const [event, data] of late) tell.call(server, event, data);
  expect(sharedPane(doctor.room)).toEqual(LUNG);
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

test("a leader who went on looking while offline shows that after coming back", async () => {
  const { server, doctor, patient } = await consultation();
  doctor.cut();
  doctor.session.steer(LUNG);
  await doctor.clock.turn(500);
  expect(server.view).toEqual({});
  await doctor.connect();
  await doctor.clock.turn(100);
  expect(sharedPane(patient.room)).toEqual(LUNG);
});

test("a patient shows hers once she is given the lead she asked for", async () => {
  const { server, doctor, patient } = await consultation();
  patient.room.following.value = false;
  patient.session.show(() => onePane(LUNG));
  await patient.clock.turn(100);
  expect(doctor.room.people.value[1]?.asking).toBe(true);
  doctor.session.do({ kind: "lead.give", to: PATIENT });
  await doctor.clock.turn(100);
  await patient.clock.turn(100);
  expect(patient.room.following.value).toBe(true);
  expect(server.view).toEqual(LUNG);
  expect(sharedPane(doctor.room)).toEqual(LUNG);
});

test("who waits for the lead shows what is on the screen when it comes", async () => {
  const { server, doctor, patient } = await consultation();
  patient.room.following.value = false;
  let seen = LUNG;
  patient.session.show(() => onePane(seen));
  await patient.clock.turn(100);
  seen = SOFT;
  doctor.session.do({ kind: "lead.give", to: PATIENT });
  await doctor.clock.turn(100);
  await patient.clock.turn(100);
  expect(server.view).toEqual(SOFT);
});

test("whoever asks for the lead no more shows nothing when it comes", async () => {
  const { server, doctor, patient } = await consultation();
  patient.session.show(() => onePane(LUNG));
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
  patient.session.show(() => onePane(LUNG));
  await patient.clock.turn(100);
  expect(patient.room.leads.value).toBe(true);
});

test("a host shows his at once, with the lead taken", async () => {
  const { server, doctor } = await consultation();
  doctor.session.do({ kind: "lead.give", to: PATIENT });
  await doctor.clock.turn(100);
  doctor.room.following.value = false;
  doctor.session.show(() => onePane(SOFT));
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

test("going back to the shared picture takes the wish to show one's own back", async () => {
  const { doctor, patient } = await consultation();
  patient.session.show(() => onePane(LUNG));
  await patient.clock.turn(100);
  expect(doctor.room.people.value[1]?.asking).toBe(true);
  patient.session.withdraw();
  await patient.clock.turn(100);
  expect(doctor.room.people.value[1]?.asking).toBe(false);
});

test("whoever looks alone is brought back when everyone is brought here", async () => {
  const { server, patient } = await consultation();
  patient.room.following.value = false;
  server.happens(DOCTOR, { kind: "stage.gather" });
  expect(patient.room.following.value).toBe(true);
  expect(patient.room.notices.value).toHaveLength(1);
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
