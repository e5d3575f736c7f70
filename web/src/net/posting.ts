// Sends what waits in the outbox until the server has answered, and says how much is not saved.
import type { Command, Op, Refused } from "../protocol.ts";
import * as outbox from "../state/outbox.ts";
import type { Room } from "../state/room.ts";
import { type Clock, freshId } from "./clock.ts";
import { received } from "./wire.ts";

/** Refusals that may pass; the same op is sent again. */
const MAY_PASS = new Set([
  "NOT_SAVED",
  "TOO_FAST",
  "STORE_UNREACHABLE",
  "SLICE_NOT_READY",
  "STATE_LOST",
  "INTERNAL",
]);
const SHORTEST_WAIT_MS = 10;
/** While something waits, it is looked at this often: somebody may have to be told. */
const LONGEST_WAIT_MS = 500;

export class Posting {
  #cancel: (() => void) | null = null;

  constructor(
    private readonly room: Room,
    private readonly send: (op: Op) => Promise<unknown>,
    private readonly online: () => boolean,
    private readonly refused: (command: Command, why: Refused) => void,
    private readonly clock: Clock,
  ) {}

  /** False: too many wait already. */
  add(command: Command): boolean {
    const box = outbox.withOp(this.#box, { op_id: freshId(), command }, this.clock.now());
    if (box === null) return false;
    this.#box = box;
    this.pump();
    return true;
  }

  /** The document holds everything up to `revision`. */
  reached(revision: number): void {
    this.#box = outbox.reached(this.#box, revision);
  }

  /** The socket went. */
  cut(): void {
    this.#box = outbox.cutOff(this.#box, this.clock.now());
    this.pump();
  }

  /** The server can be asked again, or can save again: nothing waits any longer for its next try. */
  again(): void {
    this.#box = outbox.released(this.#box, this.clock.now());
    this.pump();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Sends what is due, and looks again when something will be. */
  pump(): void {
    this.stop();
    const now = this.clock.now();
    const online = this.online();
    const op = online ? outbox.due(this.#box, now) : null;
    if (op !== null) {
      this.#box = outbox.sent(this.#box, op.op_id, now);
      this.send(op).then(
        (answer) => this.#answered(op, answer),
        () => this.#unanswered(op, false),
      );
    }
    this.room.unsaved.value = outbox.unsaved(this.#box, now);
    const wait = outbox.dueIn(this.#box, now);
    if (wait === null) return;
    const again = online ? Math.min(Math.max(wait, SHORTEST_WAIT_MS), LONGEST_WAIT_MS) : LONGEST_WAIT_MS;
    this.#cancel = this.clock.later(again, () => this.pump());
  }

  #answered(op: Op, answer: unknown): void {
    const accepted = received("OpAccepted", answer);
    const refused = received("Refused", answer);
    if (accepted !== null) {
      const box = outbox.saved(this.#box, op.op_id, accepted.revision);
      this.#box = outbox.reached(box, this.room.document.value?.revision ?? 0);
    } else if (refused === null || MAY_PASS.has(refused.code)) {
      this.#unanswered(op, true);
      return;
    } else {
      this.#box = outbox.without(this.#box, op.op_id);
      this.refused(op.command, refused);
    }
    this.pump();
  }

  #unanswered(op: Op, refused: boolean): void {
    this.#box = outbox.failed(this.#box, op.op_id, this.clock.now(), this.clock.chance(), refused);
    this.pump();
  }

  get #box(): outbox.Outbox {
    return this.room.outbox.value;
  }

  set #box(box: outbox.Outbox) {
    this.room.outbox.value = box;
  }
}
