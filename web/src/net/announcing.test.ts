import { expect, test } from "vitest";
import type { PresenceUpdate } from "../protocol.ts";
import { Announcing } from "./announcing.ts";
import { TurnedClock } from "./turned-clock.ts";

const DRAWN = { fence: 1, view_revision: 2, revision: 3, panes: [] };

function started() {
  const clock = new TurnedClock();
  const told: { at: number; update: PresenceUpdate }[] = [];
  const announcing = new Announcing((update) => told.push({ at: clock.now(), update }), clock);
  announcing.start();
  return { clock, told, announcing };
}

test("a page says that it is here at least every 1.5 s", async () => {
  const { clock, told } = started();
  await clock.turn(3000);
  expect(told.map(({ at }) => at)).toEqual([0, 1500, 3000]);
});

test("what is drawn is told by itself at most four times a second, the newest", async () => {
  // R62
  const { clock, told, announcing } = started();
  for (let view_revision = 1; view_revision <= 60; view_revision += 1) {
    announcing.about({ drawn: { ...DRAWN, view_revision } });
    await clock.turn(16);
  }
  expect(told.map(({ at }) => at)).toEqual([0, 250, 500, 750]);
  await clock.turn(300);
  expect(told.at(-1)?.update.drawn?.view_revision).toBe(60);
});

test("what is drawn does not put off what is hurried", async () => {
  const { clock, told, announcing } = started();
  announcing.about({ following: false });
  announcing.about({ drawn: DRAWN });
  await clock.turn(34);
  expect(told.map(({ at, update }) => [at, update.following])).toEqual([
    [0, true],
    [34, false],
  ]);
});

test("who has stopped says nothing until he starts again", async () => {
  const { clock, told, announcing } = started();
  announcing.stop();
  announcing.about({ typing: true });
  await clock.turn(5000);
  expect(told).toHaveLength(1);
  announcing.start();
  expect(told.at(-1)?.update.typing).toBe(true);
});
