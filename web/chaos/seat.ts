// One person's page without its screen: the real session over the real socket, telling all it sees and does.
import { effect } from "@preact/signals";
import { CLOCK } from "../src/net/clock.ts";
import { Session } from "../src/net/session.ts";
import { type Connect, connectTo, type Link } from "../src/net/socket.ts";
import {
  type Command,
  type Entries,
  type Layout,
  type PaneView,
  PROTOCOL_VERSION,
  type ViewChange,
} from "../src/protocol.ts";
import { Room } from "../src/state/room.ts";
import { panesOf } from "../src/state/view.ts";
import { snapshot } from "./snapshot.ts";

/** Who somebody is, as the door has told. */
export type Pass = { url: string; room: string; grant: string; cookie: string };
export type Tell = (event: string, about: Record<string, unknown>) => void;

export class Seat {
  readonly #room = new Room();
  readonly #session: Session;
  readonly #endings: (() => void)[];

  constructor(pass: Pass, tell: Tell) {
    const hello = { protocol: PROTOCOL_VERSION, room: pass.room, grant: pass.grant };
    const connect: Connect = (_, events) => {
      const heard = {
        ...events,
        message: (event: string, data: unknown) => {
          tell("heard", { what: event, ...brief(event, data) });
          events.message(event, data);
        },
      };
      const headers = { Origin: pass.url, Cookie: pass.cookie };
      const place = { url: pass.url, options: { forceNew: true, extraHeaders: headers } };
      return told(
        connectTo(place, () => () => undefined, hello, heard),
        tell,
      );
    };
    this.#session = new Session(hello, {
      room: this.#room,
      clock: CLOCK,
      connect,
      snapshot: () => snapshot(pass),
    });
    this.#endings = this.#watch(tell);
  }

  do(command: Command): boolean {
    return this.#session.do(command);
  }

  steer(change: PaneView, pane: number, layout: Layout | null): void {
    this.#session.steer(change, pane, layout);
  }

  /** All that this page holds. */
  state(): Record<string, unknown> {
    const { connection, document, shared, outbox, farewell } = this.#room;
    return {
      connection: connection.value,
      farewell: farewell.value,
      document: document.value,
      layout: shared.value.layout.layout,
      panes: panesOf(shared.value),
      viewRevision: shared.value.latest.viewRevision,
      waiting: outbox.value.length,
      settled: this.#session.settled(),
    };
  }

  close(): void {
    for (const end of this.#endings) end();
    this.#session.close();
  }

  #watch(tell: Tell): (() => void)[] {
    const { connection, document, shared, outbox, leads, divergences, farewell } = this.#room;
    return [
      effect(() => tell("connection", { is: connection.value, why: farewell.value?.code ?? null })),
      effect(() => {
        const known = document.value;
        if (known !== null) tell("document", { revision: known.revision, head: known.head });
      }),
      effect(() => {
        const stamps = Object.entries(shared.value.panes).flatMap(([pane, known]) =>
          Object.entries(known.stamps).map(([field, at]) => [`${pane}.${field}`, at.fence, at.viewRevision]),
        );
        const { stamp } = shared.value.layout;
        tell("shared", { stamps: [...stamps, ["layout", stamp.fence, stamp.viewRevision]] });
      }),
      effect(() => tell("divergences", { count: divergences.value })),
      effect(() => tell("waiting", { count: outbox.value.length })),
      effect(() => tell("leads", { leads: leads.value })),
    ];
  }
}

/** The link, telling each question and its answer. */
function told(link: Link, tell: Tell): Link {
  let asked = 0;
  return {
    ...link,
    async ask(event, message) {
      asked += 1;
      const question = asked;
      tell("asked", { question, what: event, message });
      try {
        const answer = await link.ask(event, message);
        tell("answered", { question, what: event, answer: event === "sync" ? kindOf(answer) : answer });
        return answer;
      } catch (error) {
        tell("unanswered", { question, what: event });
        throw error;
      }
    },
  };
}

function kindOf(answer: unknown): unknown {
  const { ok, kind, code } = answer as { ok: boolean; kind?: string; code?: string };
  return { ok, kind, code };
}

/** What of a message is worth telling; the checker has the rest from the log. */
function brief(event: string, data: unknown): Record<string, unknown> {
  switch (event) {
    case "entries":
      return { entries: (data as Entries).entries.map(({ revision, head }) => [revision, head]) };
    case "view": {
      const { fence, view_revision, by, pane } = data as ViewChange;
      return { fence, view_revision, by, pane };
    }
    case "presence":
      return {};
    default:
      return { data };
  }
}
