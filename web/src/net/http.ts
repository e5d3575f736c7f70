// Requests to the server's API. Answers are checked; refusals become Refusal with the server's code and sentence.
import type { JoinAnswer, JoinRequest, Received, Snapshot } from "../protocol.ts";
import { words } from "../words.ts";
import { received } from "./wire.ts";

export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The server could not be reached, or what answered is not our server. */
export const UNREACHABLE = "UNREACHABLE";

/** A line that brings nothing for so long is given up: whoever asked asks again, on another one. */
export const SILENCE_MS = 15_000;
/** For a request that can be made only once: as long as the browser waits. */
export const HOWEVER_LONG = Number.POSITIVE_INFINITY;

export type Pass = { room: string; grant: string };

/** Not given up: a link that was used is of no use without the cookie in its answer. */
export function join(request: JoinRequest): Promise<JoinAnswer> {
  return asked("JoinAnswer", "/api/join", posted(request), HOWEVER_LONG);
}

export function snapshot(pass: Pass): Promise<Snapshot> {
  return asked("Snapshot", `/api/rooms/${pass.room}/snapshot`, { headers: proof(pass) });
}

export function seriesIndex(pass: Pass): Promise<Received["SeriesIndex"]> {
  return asked("SeriesIndex", `/api/rooms/${pass.room}/series`, { headers: proof(pass) });
}

/** Where planes of a stack lie; `path` names them below it. */
export function planeGeometry(
  pass: Pass,
  series: string,
  stack: number,
  path: string,
): Promise<Received["PlaneGeometry"]> {
  const address = `/api/rooms/${pass.room}/series/${series}/${stack}/planes/${path}`;
  return asked("PlaneGeometry", address, { headers: proof(pass) });
}

export function thumbnail(pass: Pass, series: string, stack: number): Promise<Blob> {
  return picture(pass, `/api/rooms/${pass.room}/series/${series}/${stack}/thumbnail`);
}

/** A JPEG at an address of this room. */
export function picture(pass: Pass, address: string): Promise<Blob> {
  return jpeg(address, proof(pass));
}

export async function jpeg(address: string, headers: Record<string, string>): Promise<Blob> {
  const response = await reach(address, { headers });
  if (!response.ok) throw await refusal(response);
  return response.blob().catch(unreachable);
}

/** A request that changes something: from our own page, which no other site can claim. */
export function posted(message: object, headers: Record<string, string> = {}): RequestInit {
  const own = { "Content-Type": "application/json", "X-ReadingRoom": "1" };
  return { method: "POST", headers: { ...own, ...headers }, body: JSON.stringify(message) };
}

export function proof(pass: Pass): Record<string, string> {
  return { "X-ReadingRoom-Grant": pass.grant };
}

export async function asked<Name extends keyof Received>(
  name: Name,
  address: string,
  init: RequestInit,
  silenceMs = SILENCE_MS,
): Promise<Received[Name]> {
  const response = await reach(address, init, silenceMs);
  if (!response.ok) throw await refusal(response);
  const message = received(name, await body(response));
  if (message === null) throw new Refusal("OLD_PROTOCOL", words.refusals.otherVersion);
  return message;
}

/** The answer as soon as it begins; what it holds may take as long as it keeps coming. */
async function reach(address: string, init: RequestInit, silenceMs = SILENCE_MS): Promise<Response> {
  const giving = new AbortController();
  let patience = 0;
  const wait = () => {
    clearTimeout(patience);
    if (silenceMs !== HOWEVER_LONG) patience = setTimeout(() => giving.abort(), silenceMs);
  };
  wait();
  try {
    const sent = { ...init, signal: giving.signal, credentials: "same-origin", cache: "no-store" } as const;
    const response = await fetch(address, sent);
    const heard = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      start: wait,
      transform: (bytes, onwards) => {
        wait();
        onwards.enqueue(bytes);
      },
      flush: () => clearTimeout(patience),
    });
    return new Response(response.body?.pipeThrough(heard) ?? null, response);
  } catch {
    clearTimeout(patience);
    return unreachable();
  }
}

function unreachable(): never {
  throw new Refusal(UNREACHABLE, words.refusals.unreachable);
}

async function refusal(response: Response): Promise<Refusal> {
  const told = received("HttpError", await body(response));
  return told === null
    ? new Refusal(UNREACHABLE, words.refusals.unreachable)
    : new Refusal(told.error.code, told.error.message);
}

/** What the answer says; null when it is not JSON. */
async function body(response: Response): Promise<unknown> {
  const text = await response.text().catch(unreachable);
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
