// One import under way: files sent as the browser reads them, then told of line by line until its end.
import type { ImportDone, ImportProgress, ImportReceived, ImportRefused } from "../protocol.ts";
import { words } from "../words.ts";
import { UNREACHABLE } from "./http.ts";
import { received } from "./wire.ts";

export type ImportStep =
  | { kind: "sending"; sent: number; total: number }
  | ImportReceived
  | ImportProgress
  | ImportDone
  | ImportRefused
  | { kind: "canceled" };

/** Not by `fetch`, which does not tell how much of a body has been sent. */
export class Importing {
  readonly #request = new XMLHttpRequest();
  #read = 0;
  #ended = false;

  constructor(
    files: readonly File[],
    private readonly told: (step: ImportStep) => void,
  ) {
    const request = this.#request;
    const form = new FormData();
    for (const file of files) form.append("files", file, file.name);
    request.open("POST", "/api/imports");
    request.setRequestHeader("X-ReadingRoom", "1");
    request.upload.onprogress = ({ loaded, total }) => this.#tell({ kind: "sending", sent: loaded, total });
    request.onprogress = () => this.#lines();
    request.onload = () => {
      if (request.status === 200) this.#lines();
      else this.#refused();
      this.#lost();
    };
    request.onerror = () => this.#lost();
    request.send(form);
  }

  /** The server keeps nothing of what it has not told the end of. */
  cancel(): void {
    this.#tell({ kind: "canceled" });
    this.#ended = true;
    this.#request.abort();
  }

  /** Every whole line that has come since. */
  #lines(): void {
    if (this.#request.status !== 200) return;
    const text = this.#request.responseText;
    for (let end = text.indexOf("\n", this.#read); end >= 0; end = text.indexOf("\n", this.#read)) {
      const event = received("ImportEvent", parsed(text.slice(this.#read, end)));
      this.#read = end + 1;
      if (event !== null) this.#tell(event.event);
    }
  }

  #refused(): void {
    const error = received("HttpError", parsed(this.#request.responseText));
    if (error !== null) this.#tell({ kind: "refused", left_out: 0, files: [], ...error.error });
  }

  /** The end came without its word. */
  #lost(): void {
    const message = words.imports.interrupted;
    this.#tell({ kind: "refused", code: UNREACHABLE, message, left_out: 0, files: [] });
  }

  #tell(step: ImportStep): void {
    if (this.#ended) return;
    this.#ended = step.kind === "done" || step.kind === "refused";
    this.told(step);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
