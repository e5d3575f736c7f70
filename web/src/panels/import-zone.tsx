// Bringing studies in: buttons, the whole page as a place to drop on, how far it is, and what was left out and why.
import { useEffect, useRef, useState } from "preact/hooks";
import { Importing, type ImportStep } from "../net/importing.ts";
import type { ImportDone, ImportLimits, ImportProgress, ImportRefused } from "../protocol.ts";
import { words } from "../words.ts";
import { bringsFiles, droppedFiles } from "./dropped-files.ts";
import { Icon } from "./icons.tsx";

type ImportZoneProps = {
  /** What one import may bring; null: not known yet, and the server says so itself. */
  limits: ImportLimits | null;
  /** These are in the library now. */
  brought: (studies: string[]) => void;
};

export function ImportZone({ limits, brought }: ImportZoneProps) {
  const [step, setStep] = useState<ImportStep | null>(null);
  const [hovered, setHovered] = useState(false);
  const running = useRef<Importing | null>(null);
  const busy = step !== null && !isEnd(step);

  const begin = (files: readonly File[]) => {
    if (running.current !== null) return;
    const refusal = refusalOf(files, limits);
    if (refusal !== null) {
      setStep(refusal);
      return;
    }
    setStep({ kind: "sending", sent: 0, total: bytesOf(files) });
    running.current = new Importing(files, (next) => {
      setStep(next);
      if (isEnd(next)) running.current = null;
      if (next.kind === "done") brought(next.studies);
      if (next.kind === "canceled") brought([]);
    });
  };
  useEffect(() => listenToDrops(setHovered, begin), [limits]);
  useEffect(() => () => running.current?.cancel(), []);

  return (
    <section class="import-zone" aria-label={words.imports.label}>
      <div class="import-choices">
        <FileButton text={words.imports.files} icon="files" folder={false} disabled={busy} chosen={begin} />
        <FileButton text={words.imports.folder} icon="folder" folder disabled={busy} chosen={begin} />
        <p class="note">{words.imports.hint}</p>
      </div>
      {step !== null && (
        <ImportReport
          step={step}
          cancel={() => running.current?.cancel()}
          close={() => setStep(null)}
          busy={busy}
        />
      )}
      {hovered && (
        <div class="drop-here" aria-hidden="true">
          <Icon name="files" />
          {words.imports.drop}
        </div>
      )}
    </section>
  );
}

type FileButtonProps = {
  text: string;
  icon: "files" | "folder";
  folder: boolean;
  disabled: boolean;
  chosen: (files: readonly File[]) => void;
};

function FileButton({ text, icon, folder, disabled, chosen }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="with-icon" disabled={disabled} onClick={() => input.current?.click()}>
        <Icon name={icon} />
        {text}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label={text}
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={(event) => {
          chosen([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = ""; // the same files can be chosen again
        }}
      />
    </>
  );
}

type ImportReportProps = { step: ImportStep; busy: boolean; cancel: () => void; close: () => void };

function ImportReport({ step, busy, cancel, close }: ImportReportProps) {
  const [done, total] = shareOf(step);
  return (
    <div class={step.kind === "refused" ? "import-report failed" : "import-report"}>
      <div class="import-line">
        <p role={step.kind === "refused" ? "alert" : "status"}>{saying(step)}</p>
        <button type="button" class="small" onClick={busy ? cancel : close}>
          {busy ? words.imports.cancel : words.imports.close}
        </button>
      </div>
      {busy && <progress value={done} max={total} aria-label={words.imports.label} />}
      {(step.kind === "done" || step.kind === "refused") && step.left_out > 0 && <LeftOut end={step} />}
    </div>
  );
}

function LeftOut({ end }: { end: ImportDone | ImportRefused }) {
  const more = end.left_out - end.files.length;
  return (
    <details class="left-out" open={end.kind === "refused" || end.left_out <= 5}>
      <summary>{words.imports.leftOut(end.left_out)}</summary>
      <ul>
        {end.files.map(({ file, message }, place) => (
          <li key={`${place} ${file}`}>
            <b>{file || words.imports.unnamedFile}</b> {message}
          </li>
        ))}
        {more > 0 && <li>{words.imports.andMore(more)}</li>}
      </ul>
    </details>
  );
}

function isEnd({ kind }: ImportStep): boolean {
  return kind === "done" || kind === "refused" || kind === "canceled";
}

function saying(step: ImportStep): string {
  switch (step.kind) {
    case "sending":
      return words.imports.sending(sizeOf(step.sent), sizeOf(step.total));
    case "received":
      return words.imports.received;
    case "progress":
      return words.imports.stages[step.stage](step.done, step.total);
    case "done":
      return words.imports.done(step.studies.length, step.series, step.pictures);
    case "refused":
      return step.message;
    case "canceled":
      return words.imports.canceled;
  }
}

/** How much of the bar is done: half of it is sending, what follows are the stages of the other half. */
function shareOf(step: ImportStep): [number, number] {
  switch (step.kind) {
    case "sending":
      return [step.total === 0 ? 0 : (50 * step.sent) / step.total, 100];
    case "progress":
      return [STAGE_AT[step.stage] + (STAGE_SHARE * step.done) / Math.max(step.total, 1), 100];
    default:
      return [50, 100];
  }
}

const STAGE_SHARE = 16;
const STAGE_AT: Record<ImportProgress["stage"], number> = { unpacking: 50, copying: 66, reading: 82 };

function refusalOf(files: readonly File[], limits: ImportLimits | null): ImportStep | null {
  const refused = (code: string, message: string): ImportStep => ({
    kind: "refused",
    code,
    message,
    left_out: 0,
    files: [],
  });
  if (files.length === 0) return refused("NOTHING_TO_SHOW", words.imports.nothing);
  if (limits === null) return null;
  if (files.length > limits.files) return refused("TOO_LARGE", words.imports.tooMany(limits.files));
  if (bytesOf(files) > limits.bytes)
    return refused("TOO_LARGE", words.imports.tooLarge(sizeOf(limits.bytes)));
  return null;
}

function bytesOf(files: readonly File[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function sizeOf(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GiB` : `${mebibytes.toFixed(1)} MiB`;
}

/** The whole window takes what is dropped; else the browser would leave the page for it. */
function listenToDrops(hovered: (over: boolean) => void, dropped: (files: File[]) => void): () => void {
  const over = (event: DragEvent) => {
    if (!bringsFiles(event.dataTransfer)) return;
    event.preventDefault();
    hovered(true);
  };
  const leave = (event: DragEvent) => {
    if (event.relatedTarget === null) hovered(false);
  };
  const drop = (event: DragEvent) => {
    if (event.dataTransfer === null || !bringsFiles(event.dataTransfer)) return;
    event.preventDefault();
    hovered(false);
    void droppedFiles(event.dataTransfer).then(dropped);
  };
  addEventListener("dragover", over);
  addEventListener("dragleave", leave);
  addEventListener("drop", drop);
  return () => {
    removeEventListener("dragover", over);
    removeEventListener("dragleave", leave);
    removeEventListener("drop", drop);
  };
}
