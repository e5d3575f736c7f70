// What the page knows of its room, as signals: the session writes them, the panels read them.
import { computed, signal } from "@preact/signals";
import type { Farewell, Role, SeriesInfo, SeriesOpen, Welcome } from "../protocol.ts";
import { colorOf } from "./colors.ts";
import type { Gone } from "./difference.ts";
import type { RoomDocument } from "./document.ts";
import type { Outbox } from "./outbox.ts";
import { type Learned, type Presence, type Standing, standing } from "./presence.ts";
import { NOTHING_SHARED, type SharedView } from "./view.ts";

export type Connection = "connecting" | "live" | "reconnecting" | "state lost" | "ended";
export type Notice = { id: number; text: string };
export type Someone = {
  principal: string;
  name: string;
  role: Role;
  color: string;
  me: boolean;
  leads: boolean;
  asking: boolean;
  handUp: boolean;
  standing: Standing;
};

/** After a loss: whether the room stands still until a host goes on, and what is gone. */
export type Lost = { frozen: boolean; gone: Gone[] };

const LEARNED = 300;
const TICK_MS = 500;

export class Room {
  readonly connection = signal<Connection>("connecting");
  readonly welcome = signal<Welcome | null>(null);
  /** The role the door told, before the server's welcome. */
  readonly admittedAs = signal<Role | null>(null);
  readonly document = signal<RoomDocument | null>(null);
  readonly shared = signal<SharedView>(NOTHING_SHARED);
  /** Grows when the shared view moved by anything but this page's own steering. */
  readonly movedByOthers = signal(0);
  readonly presence = signal<Presence>({});
  /** When this page learned which view: by what others have drawn it tells how far behind they are. */
  readonly learned: Learned[] = [];
  /** The page's clock, read again at most twice a second. */
  readonly now = signal(0);
  readonly lost = signal<Lost | null>(null);
  /** How often this page differed from the server at the same revision. */
  readonly divergences = signal(0);
  readonly outbox = signal<Outbox>([]);
  readonly unsaved = signal(0);
  /** Whether the server can save; true until it complains. */
  readonly saving = signal(true);
  readonly series = signal<SeriesInfo[] | null>(null);
  readonly seriesTrouble = signal<string | null>(null);
  readonly following = signal(true);
  readonly notices = signal<Notice[]>([]);
  /** A series that was not opened, being of another patient, until somebody says whether that is meant. */
  readonly otherPatient = signal<SeriesOpen | null>(null);
  readonly farewell = signal<Farewell | null>(null);

  readonly me = computed(() => this.welcome.value?.principal ?? null);
  readonly role = computed((): Role | null => {
    const me = this.document.value?.people.find(({ principal }) => principal === this.me.value);
    return me?.role ?? this.welcome.value?.role ?? this.admittedAs.value;
  });
  readonly leads = computed(
    () => this.me.value !== null && this.document.value?.lead.holder === this.me.value,
  );
  /** How many panes everyone is shown, and how they lie. */
  readonly layout = computed(() => this.shared.value.layout.layout);
  readonly people = computed((): Someone[] => {
    const document = this.document.value;
    if (document === null) return [];
    const here = document.people.filter(({ removed }) => !removed);
    return here.map(({ principal, name, role }) => ({
      principal,
      name,
      role,
      color: colorOf(document.people, principal),
      me: principal === this.me.value,
      leads: principal === document.lead.holder,
      asking: document.lead.asking.includes(principal),
      handUp: document.hands.some((hand) => hand.principal === principal),
      standing: standing(this.presence.value, principal, this.learned, this.now.value),
    }));
  });
  readonly leader = computed(() => this.people.value.find((person) => person.leads) ?? null);
  /** Whether this person can take the lead unasked: nobody has it, or who has it is not here (SPEC.md R41). */
  readonly mayTakeLead = computed(() => {
    const leader = this.leader.value;
    return this.role.value === "host" || leader === null || !leader.standing.here;
  });

  #notices = 0;

  /** The shared view is known up to this revision from now on. */
  learn(viewRevision: number, now: number): void {
    const last = this.learned.at(-1);
    if (last !== undefined && viewRevision <= last.viewRevision) return;
    this.learned.push({ viewRevision, at: now });
    if (this.learned.length > LEARNED) this.learned.shift();
  }

  tick(now: number): void {
    if (now - this.now.value >= TICK_MS) this.now.value = now;
  }

  notify(text: string): void {
    this.#notices += 1;
    const others = this.notices.value.filter((notice) => notice.text !== text);
    this.notices.value = [...others, { id: this.#notices, text }].slice(-3);
  }

  dismiss(id: number): void {
    this.notices.value = this.notices.value.filter((notice) => notice.id !== id);
  }
}
