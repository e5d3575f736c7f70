// The people of a chaos run: orders come as lines of JSON, and so goes what each of them sees and does.
import { createInterface } from "node:readline";
import type { Command, Layout, PaneView } from "../src/protocol.ts";
import { type Pass, Seat } from "./seat.ts";

type Order =
  | { order: "open"; seat: number; pass: Pass }
  | { order: "do"; seat: number; command: Command }
  | { order: "steer"; seat: number; change: PaneView; pane: number; layout: Layout | null }
  | { order: "state"; seat: number; question: number }
  | { order: "close"; seat: number };

const seats = new Map<number, Seat>();

/** Milliseconds of the clock that never turns back; the one that started us reads the same one. */
function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

function say(seat: number, event: string, about: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ at: now(), seat, event, ...about })}\n`);
}

function obey(order: Order): void {
  const seat = seats.get(order.seat);
  switch (order.order) {
    case "open":
      seat?.close();
      seats.set(order.seat, new Seat(order.pass, (event, about) => say(order.seat, event, about)));
      return;
    case "do":
      if (seat?.do(order.command) === false) say(order.seat, "full", {});
      return;
    case "steer":
      seat?.steer(order.change, order.pane, order.layout);
      return;
    case "state":
      say(order.seat, "state", { question: order.question, ...seat?.state() });
      return;
    case "close":
      seat?.close();
      seats.delete(order.seat);
      say(order.seat, "closed", {});
      return;
  }
}

for await (const line of createInterface({ input: process.stdin })) obey(JSON.parse(line) as Order);
process.exit(0);
