// What people did and the server has not yet said it keeps. Pure: time and chance come in as arguments.
import type { Command, Op } from "../protocol.ts";

export const LIMIT = 200;
export const ANSWER_WITHIN_MS = 2000;
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2000;
/** A server that refuses is there, and may say nothing when what hinders it is over. */
const LONGEST_DELAY_REFUSED_MS = 500;
/** Longer without an answer, and people are told that it is not saved. */
const TOLD_AFTER_MS = 1500;

export type Waiting = {
  op: Op;
  since: number;
  tries: number;
  /** Not sent again before; while a try is under way, when it counts as unanswered. */
  notBefore: number;
  underWay: boolean;
  /** The server said it could not save it. */
  refusedOnce: boolean;
  /** Kept, and only waiting until the entry of this revision has come. */
  savedAt: number | null;
};

export type Outbox = readonly Waiting[];

/** Null when the box is full. */
export function withOp(box: Outbox, op: Op, now: number): Outbox | null {
  if (box.length >= LIMIT) return null;
  const waiting = {
    op,
    since: now,
    tries: 0,
    notBefore: now,
    underWay: false,
    refusedOnce: false,
    savedAt: null,
  };
  return [...box, waiting];
}

/** The oldest change that is not kept yet: they are sent one after the other, in order. */
function first(box: Outbox): Waiting | undefined {
  return box.find((waiting) => waiting.savedAt === null);
}

/** What to send now, if anything. */
export function due(box: Outbox, now: number): Op | null {
  const next = first(box);
  return next !== undefined && now >= next.notBefore ? next.op : null;
}

/** Milliseconds until something is due; null when nothing waits. */
export function dueIn(box: Outbox, now: number): number | null {
  const next = first(box);
  return next === undefined ? null : Math.max(0, next.notBefore - now);
}

export function sent(box: Outbox, opId: string, now: number): Outbox {
  return changed(box, opId, (waiting) => ({
    ...waiting,
    tries: waiting.tries + 1,
    underWay: true,
    notBefore: now + ANSWER_WITHIN_MS,
  }));
}

/** No answer, or a refusal that may pass: again later with the same op_id, after a delay drawn by `chance` (0..1). */
export function failed(box: Outbox, opId: string, now: number, chance: number, refused: boolean): Outbox {
  return changed(box, opId, (waiting) => ({
    ...waiting,
    underWay: false,
    refusedOnce: waiting.refusedOnce || refused,
    notBefore: now + chance * longestDelay(waiting.tries, refused),
  }));
}

/** The socket is gone: what was under way is unanswered. */
export function cutOff(box: Outbox, now: number): Outbox {
  return box.map((waiting) => (waiting.underWay ? { ...waiting, underWay: false, notBefore: now } : waiting));
}

/**
 * What hindered is over: whatever waits for its next try is due, and delays start from the shortest again, also for
 * what is under way, whose answer may still be of before.
 *
 * So is what was kept and is not in the document: it is on its way, and the server answers as before, or it is lost.
 */
export function released(box: Outbox, now: number): Outbox {
  return box.map((waiting) =>
    waiting.underWay
      ? { ...waiting, tries: 1 }
      : { ...waiting, tries: 0, savedAt: null, notBefore: Math.min(waiting.notBefore, now) },
  );
}

/** Kept by the server; it stays until the document has reached that revision, so that nothing flickers. */
export function saved(box: Outbox, opId: string, revision: number): Outbox {
  return changed(box, opId, (waiting) => ({ ...waiting, underWay: false, savedAt: revision }));
}

/** Refused for good. */
export function without(box: Outbox, opId: string): Outbox {
  return box.filter((waiting) => waiting.op.op_id !== opId);
}

/** Drops what the document holds by now. */
export function reached(box: Outbox, revision: number): Outbox {
  const rest = box.filter((waiting) => waiting.savedAt === null || waiting.savedAt > revision);
  return rest.length === box.length ? box : rest;
}

/** How many changes people should be told are not saved. */
export function unsaved(box: Outbox, now: number): number {
  return box.filter(
    (waiting) => waiting.savedAt === null && (waiting.refusedOnce || now - waiting.since >= TOLD_AFTER_MS),
  ).length;
}

export function commands(box: Outbox): Command[] {
  return box.map((waiting) => waiting.op.command);
}

function longestDelay(tries: number, refused: boolean): number {
  const longest = refused ? LONGEST_DELAY_REFUSED_MS : LONGEST_DELAY_MS;
  return Math.min(longest, FIRST_DELAY_MS * 2 ** Math.min(tries - 1, 10));
}

function changed(box: Outbox, opId: string, change: (waiting: Waiting) => Waiting): Outbox {
  return box.map((waiting) => (waiting.op.op_id === opId ? change(waiting) : waiting));
}
