import { expect, test } from "vitest";
import { ServerClock } from "./clock.ts";
import { TurnedClock } from "./turned-clock.ts";

test("the server's time is heard, and goes on by our own clock", async () => {
  const clock = new TurnedClock();
  const server = new ServerClock(clock);
  expect(server.now()).toBeNull();
  server.heard(1_700_000_000_000);
  await clock.turn(250);
  expect(server.now()).toBe(1_700_000_000_250);
  server.heard(1_700_000_009_000);
  expect(server.now()).toBe(1_700_000_009_000);
});
