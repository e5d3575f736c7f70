// The list of studies on the screen: what is looked for, what was found, and what went wrong.
import { signal } from "@preact/signals";
import { Refusal } from "../net/http.ts";
import { type Asker, studies } from "../net/library.ts";
import type { StudyInfo, StudyList } from "../protocol.ts";

/** So long after the last key the server is asked. */
const TYPED_MS = 180;
const PAGE = 50;
/** Studies of one patient that are offered to compare with. */
const PRIORS = 200;

export class Library {
  readonly search = signal("");
  /** Null: not heard yet. */
  readonly found = signal<StudyList | null>(null);
  /** The words that `found` answers. */
  readonly answered = signal("");
  readonly asking = signal(false);
  readonly trouble = signal<Refusal | null>(null);
  #timer = 0;
  /** Only the answer to the last question is taken: answers may overtake each other. */
  #question = 0;

  constructor(readonly asker: Asker) {}

  /** As somebody types. */
  look(text: string): void {
    this.search.value = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), TYPED_MS);
  }

  /** From the newest on. */
  async ask(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#ask(0);
  }

  /** What follows what is on the screen. */
  async more(): Promise<void> {
    await this.#ask(this.found.value?.studies.length ?? 0);
  }

  /** The patient's other studies, newest first. */
  async priors({ study, patient, identity }: StudyInfo): Promise<StudyInfo[]> {
    if (identity.patient_id === "") return [];
    const wanted = { search: identity.patient_id.slice(0, 200), offset: 0, limit: PRIORS };
    const list = await studies(this.asker, wanted);
    return list.studies.filter((one) => one.patient === patient && one.study !== study);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#question += 1;
  }

  async #ask(offset: number): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    const search = this.search.value.trim();
    this.asking.value = true;
    try {
      const list = await studies(this.asker, { search, offset, limit: PAGE });
      if (question !== this.#question) return;
      const before = offset === 0 ? [] : (this.found.value?.studies ?? []);
      const known = new Set(before.map(({ study }) => study));
      const fresh = list.studies.filter(({ study }) => !known.has(study));
      this.found.value = { ...list, studies: [...before, ...fresh] };
      this.answered.value = search;
      this.trouble.value = null;
    } catch (error) {
      if (question !== this.#question) return;
      this.trouble.value = error instanceof Refusal ? error : new Refusal("INTERNAL", String(error));
    }
    this.asking.value = false;
  }
}
