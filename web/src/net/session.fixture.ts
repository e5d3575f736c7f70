// For the session's tests: a room in memory that answers as the server does, over a pipe that can be cut or held.
import {
  type Command,
  type Hello,
  type Layout,
  type LogCommand,
  type LogEntry,
  type Mark,
  type Op,
  type PaneView,
  type PersonPresent,
  PROTOCOL_VERSION,
  type Snapshot,
  type SyncRequest,
  type ViewCommand,
  type Welcome,
} from "../protocol.ts";
import { emptyDocument, type RoomDocument, withEntries } from "../state/document.ts";
import { Room } from "../state/room.ts";
import { merged } from "../state/view.ts";
import { Session, type ShownPanes } from "./session.ts";
import type { Connect, LinkEvents } from "./socket.ts";
import { TurnedClock } from "./turned-clock.ts";

export const DOCTOR = "doctor";
export const PATIENT = "patient";

export const SOFT: PaneView = { window: { center: 40, width: 400, function: "LINEAR" } };
export const LUNG: PaneView = { window: { center: -600, width: 1500, function: "LINEAR" } };
/** A screen of one pane that shows this. */
export function onePane(view: PaneView): ShownPanes {
  return { layout: "1x1", panes: new Map([[0, view]]) };
}

/** What everyone is shown in the first pane. */
export function sharedPane(room: Room): PaneView {
  return room.shared.value.panes["0"]?.view ?? {};
}

export const MARK: Mark = {
  series: "s1",
  stack: 0,
  shape: { kind: "text", at: { kind: "image", frame: 0, point_milli: [500, 500] }, text: "here" },
};
export const ID = "mark-0123456789abcdef";

export function once(call: () => void): () => void {
  let done = false;
  return () => {
    if (!done) call();
    done = true;
  };
}

type Logged = LogCommand | Command;

/** What the server writes of a command: of an undo, what it made, which this small one does not know. */
function logged(told: Logged): LogCommand {
  switch (told.kind) {
    case "series.open":
      return { kind: "series.opened", series: told.series, other_patient: false };
    case "room.go_on":
      return { kind: "room.continued", epoch: "e2" };
    case "annotation.undo":
    case "annotation.redo":
      throw new Error("not in this small server");
    default:
      return told;
  }
}

export class SmallServer {
  document = emptyDocument("e1");
  log: LogEntry[] = [];
  view: PaneView = {};
  viewRevision = 0;
  layout: Layout = "1x1";
  frozen = false;
  saving = true;
  /** View commands come too fast: they wait until `write` makes one of them (R44). */
  paced = false;
  /** What was asked, by event. */
  asked: { event: string; message: unknown }[] = [];
  /** Answers to `op` and `view` that the network loses after the server has acted. */
  loseAnswers = 0;
  /** Happens after a `sync` was heard and before it is answered. */
  beforeAnswer = () => {};
  /** Happens after a snapshot was taken and before it arrives. */
  beforeSnapshot = () => {};
  #answered = new Map<string, number>();
  #listeners: LinkEvents[] = [];
  #here = new Map<LinkEvents, string>();
  #waiting: { by: string; command: ViewCommand; answer: (answer: object) => void }[] = [];

  append(by: string, told: Logged, opId = `op-${this.log.length}`): LogEntry {
    const command = logged(told);
    const moves = command.kind === "lead.take" || command.kind === "lead.give";
    const revision = this.document.revision + 1;
    const entry: LogEntry = {
      version: 2,
      revision,
      at_ms: revision,
      by,
      op_id: opId,
      command,
      fence: this.document.lead.fence + (moves ? 1 : 0),
      head: `h${revision} ${command.kind}`,
    };
    this.log.push(entry);
    this.document = withEntries(this.document, [entry]).document;
    return entry;
  }

  /** Appends and tells everyone. */
  happens(by: string, command: Logged): void {
    this.tell("entries", { entries: [this.append(by, command)] });
  }

  moves(by: string, change: PaneView, layout: Layout | null = null): void {
    this.viewRevision += 1;
    this.view = merged(this.view, change);
    this.layout = layout ?? this.layout;
    const { fence } = this.document.lead;
    this.tell("view", { fence, view_revision: this.viewRevision, by, pane: 0, change, layout });
  }

  /** What waited is written as one command, told to everyone, and answered alike. */
  write(): void {
    const waiting = this.#waiting.splice(0);
    const [first] = waiting;
    if (first === undefined) return;
    const change = waiting.map(({ command }) => command.change).reduce(merged);
    const layout =
      waiting.map(({ command }) => command.layout ?? null).findLast((one) => one !== null) ?? null;
    const answer = this.#view(first.by, { ...first.command, change, layout });
    for (const one of waiting) one.answer(answer);
  }

  tell(event: string, data: unknown): void {
    for (const listener of this.#listeners) listener.message(event, structuredClone(data));
  }

  /** The store loses what came after `document`, and with it whose change was answered how. */
  forget(document: RoomDocument): void {
    this.document = document;
    this.log.length = document.revision;
    this.#answered.clear();
  }

  snapshot(): Snapshot {
    const { viewRevision: view_revision, layout, view } = this;
    return structuredClone({ ...this.document, view_revision, layout, panes: { "0": view } });
  }

  join(who: string, listener: LinkEvents): void {
    this.#listeners.push(listener);
    this.#here.set(listener, who);
    this.#tellWhoIsHere();
  }

  leave(listener: LinkEvents): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener);
    this.#here.delete(listener);
    this.#tellWhoIsHere();
  }

  #tellWhoIsHere(): void {
    const people = [...this.#here.values()].map(
      (who): PersonPresent => ({
        connection: `${who}-1`,
        principal: who,
        n: 1,
        following: true,
        quality: "full",
        typing: false,
      }),
    );
    this.tell("presence", { full: true, people, gone: [] });
  }

  answer(by: string, event: string, message: unknown): unknown {
    this.asked.push({ event, message });
    if (event === "sync") {
      const answer = this.#sync(message as SyncRequest);
      this.beforeAnswer();
      return answer;
    }
    if (event === "view" && this.paced) {
      return new Promise((answer) => {
        this.#waiting.push({ by, command: message as ViewCommand, answer });
      });
    }
    const answer = event === "op" ? this.#op(by, message as Op) : this.#view(by, message as ViewCommand);
    if (this.loseAnswers === 0) return answer;
    this.loseAnswers -= 1;
    throw new Error("lost");
  }

  #sync(request: SyncRequest): object {
    const { revision } = this.document;
    if (this.frozen) return { ok: true, kind: "state_lost", revision, frozen: true };
    if (request.epoch === null) return { ok: true, kind: "snapshot", revision };
    const samePast = (this.log[request.revision - 1]?.head ?? "") === request.head;
    if (!samePast || request.revision > revision)
      return { ok: true, kind: "state_lost", revision, frozen: this.frozen };
    const { viewRevision: view_revision, layout, view } = this;
    const entries = this.log.slice(request.revision);
    const { fence } = this.document.lead;
    return { ok: true, kind: "tail", entries, fence, view_revision, layout, panes: { "0": view } };
  }

  #op(by: string, op: Op): object {
    if (!this.saving) return { ok: false, code: "NOT_SAVED", message: "not saved" };
    const known = this.#answered.get(op.op_id);
    if (known !== undefined) return { ok: true, revision: known };
    const { lead } = this.document;
    if (this.frozen && op.command.kind !== "room.go_on") {
      return { ok: false, code: "STATE_LOST", message: "lost" };
    }
    if (op.command.kind === "lead.give" && lead.holder !== by && by !== DOCTOR) {
      return { ok: false, code: "LEAD_TAKEN", message: "Somebody else leads now." };
    }
    if (op.command.kind === "room.go_on") this.frozen = false;
    const entry = this.append(by, op.command, op.op_id);
    this.#answered.set(op.op_id, entry.revision);
    this.tell("entries", { entries: [entry] });
    return { ok: true, revision: entry.revision };
  }

  #view(by: string, command: ViewCommand): object {
    const { lead } = this.document;
    if (lead.holder !== by || lead.fence !== command.fence) {
      return { ok: false, code: "STALE", message: "Somebody else leads now." };
    }
    this.moves(by, command.change, command.layout ?? null);
    return { ok: true, view_revision: this.viewRevision };
  }
}

/** Somebody's page in the room of `server`. */
export class SmallPage {
  readonly room = new Room();
  readonly clock = new TurnedClock();
  readonly session: Session;
  /** How often this page took its connection for dead. */
  renewed = 0;
  #events: LinkEvents | null = null;
  #connected = false;

  constructor(
    private readonly server: SmallServer,
    private readonly me: string,
  ) {
    const connect: Connect = (_hello, events) => {
      this.#events = events;
      return {
        connected: () => this.#connected,
        ask: async (event, message) => {
          if (!this.#connected) throw new Error("not connected");
          await Promise.resolve();
          return structuredClone(await this.server.answer(this.me, event, structuredClone(message)));
        },
        tell: () => undefined,
        renew: () => {
          this.renewed += 1;
          this.cut();
        },
        close: () => this.cut(),
      };
    };
    const hello: Hello = { protocol: PROTOCOL_VERSION, room: "r1", grant: "g1" };
    const snapshot = async () => {
      const taken = this.server.snapshot();
      this.server.beforeSnapshot();
      return taken;
    };
    this.session = new Session(hello, { room: this.room, clock: this.clock, connect, snapshot });
  }

  /** The socket is there, and the server says welcome. */
  async connect(): Promise<void> {
    this.#connected = true;
    const events = this.#events;
    const welcome: Welcome = {
      protocol: PROTOCOL_VERSION,
      process: "w1",
      connection: `${this.me}-1`,
      principal: this.me,
      role: this.me === DOCTOR ? "host" : "patient",
      server_ms: 0,
      weak_durability: false,
    };
    events?.message("welcome", welcome);
    if (events !== null) this.server.join(this.me, events);
    await this.clock.turn(0);
  }

  cut(): void {
    this.#connected = false;
    if (this.#events === null) return;
    this.server.leave(this.#events);
    this.#events.cut();
  }
}

/** A doctor who leads and a patient, both in the room. */
export async function consultation(): Promise<{
  server: SmallServer;
  doctor: SmallPage;
  patient: SmallPage;
}> {
  const server = new SmallServer();
  server.append(DOCTOR, { kind: "person.joined", name: "Dr. Weber", role: "host" });
  server.append(DOCTOR, { kind: "lead.take" });
  server.append(PATIENT, { kind: "person.joined", name: "Maria", role: "patient" });
  const doctor = new SmallPage(server, DOCTOR);
  const patient = new SmallPage(server, PATIENT);
  await doctor.connect();
  await patient.connect();
  return { server, doctor, patient };
}
