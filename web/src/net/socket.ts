// The socket: Socket.IO over a websocket, nothing else; it comes back by itself.
import { io, type ManagerOptions, type SocketOptions } from "socket.io-client";
import type { Farewell, Hello } from "../protocol.ts";
import { received } from "./wire.ts";

/** The pipe to the server, as the session needs it. */
export type Link = {
  connected(): boolean;
  /** The server's answer. Rejects when none came in time or the socket went. */
  ask(event: "sync" | "op" | "view", message: object): Promise<unknown>;
  /** The connection seems dead: another one is opened. */
  renew(): void;
  /** Sent if it can be sent now, else forgotten. */
  tell(event: "presence", message: object): void;
  close(): void;
};

export type LinkEvents = {
  message(event: string, data: unknown): void;
  /** The socket went; it is being tried again. */
  cut(): void;
  /** The server will not have us: nothing is tried again. */
  ended(why: Farewell): void;
};

export type Connect = (hello: Hello, events: LinkEvents) => Link;

const EVENTS = ["welcome", "entries", "view", "state", "presence", "store"] as const;
/** After these it makes no sense to come back by itself. */
const FINAL = new Set([
  "DENIED",
  "REMOVED",
  "ROOM_ENDED",
  "NO_SUCH_ROOM",
  "REPLACED",
  "WRONG_ORIGIN",
  "OLD_PROTOCOL",
  "BAD_REQUEST",
]);
const ANSWER_WITHIN_MS = 2000;
/** The first try after a cut comes at once, spread a little: all pages of a server may come at the same time. */
const SPREAD_MS = 100;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 1000;
/** A try that hangs is given up, the first ones soon: the network may be back long before it is noticed. */
const OPENS_WITHIN_MS = { first: 2000, longest: 10_000 };

/** A line that opened and brings no word from the server by then is dead. */
const GREETED_WITHIN_MS = 5000;

/** Where the server is; a page asks whoever gave it the page. */
export type Place = { url: string; options: Partial<ManagerOptions & SocketOptions> };
/** Calls `wake` whenever it is worth trying at once; what it returns ends that. */
export type Waking = (wake: () => void) => () => void;

const inPage: Waking = (wake) => {
  const seen = () => {
    if (document.visibilityState === "visible") wake();
  };
  addEventListener("online", seen);
  document.addEventListener("visibilitychange", seen);
  return () => {
    removeEventListener("online", seen);
    document.removeEventListener("visibilitychange", seen);
  };
};

export const connect: Connect = (hello, events) =>
  connectTo({ url: "/", options: {} }, inPage, hello, events);

export function connectTo(place: Place, waking: Waking, hello: Hello, events: LinkEvents): Link {
  let closed = false;
  const socket = io(place.url, {
    ...place.options,
    transports: ["websocket"],
    auth: hello,
    reconnectionDelay: FIRST_DELAY_MS,
    reconnectionDelayMax: LONGEST_DELAY_MS,
    timeout: OPENS_WITHIN_MS.longest,
  });
  const patience = (attempt: number) =>
    socket.io.timeout(Math.min(OPENS_WITHIN_MS.longest, OPENS_WITHIN_MS.first * attempt));
  socket.io.on("reconnect_attempt", patience);

  function end(why: Farewell): void {
    closed = true;
    socket.disconnect();
    events.ended(why);
  }
  let tries = 0;
  function retry(): void {
    const delay = tries === 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
    tries += 1;
    patience(tries);
    setTimeout(
      () => {
        if (!closed && !socket.active) socket.connect();
      },
      delay + Math.random() * SPREAD_MS,
    );
  }
  socket.on("connect", () => {
    tries = 0;
  });
  let greeting: ReturnType<typeof setTimeout> | undefined;
  socket.io.on("open", () => {
    clearTimeout(greeting);
    greeting = setTimeout(() => socket.io.engine.close(), GREETED_WITHIN_MS);
  });
  socket.io.on("close", () => clearTimeout(greeting));
  const sleep = waking(() => {
    if (!closed && !socket.connected) socket.connect();
  });

  for (const event of EVENTS) {
    socket.on(event, (data: unknown) => {
      clearTimeout(greeting);
      events.message(event, data);
    });
  }
  socket.on("farewell", (data: unknown) => {
    const why = received("Farewell", data);
    if (why !== null && FINAL.has(why.code)) end(why);
  });
  socket.on("disconnect", () => {
    if (closed) return;
    events.cut();
    if (!socket.active) retry();
  });
  socket.on("connect_error", (error: Error & { data?: unknown }) => {
    clearTimeout(greeting);
    if (closed) return;
    events.cut();
    const why = received("Farewell", error.data ?? null);
    if (why !== null && FINAL.has(why.code)) end(why);
    else if (!socket.active) retry();
  });

  return {
    connected: () => socket.connected,
    async ask(event, message) {
      if (!socket.connected) throw new Error("not connected");
      return socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, message);
    },
    renew() {
      if (!closed) socket.disconnect(); // which is heard like any other cut
    },
    tell(event, message) {
      if (socket.connected) socket.emit(event, message);
    },
    close() {
      closed = true;
      clearTimeout(greeting);
      sleep();
      socket.disconnect();
    },
  };
}
