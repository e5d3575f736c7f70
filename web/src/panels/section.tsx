// The parts of a side: one that folds away with a short word on what is in it, and the list of things within.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { words } from "../words.ts";
import { Icon, type IconName } from "./icons.tsx";

type SectionProps = {
  title: string;
  /** What is to be known while it is folded: "2 new". */
  note: string;
  opened?: () => void;
  /** Called when it opens, and while it is open each time `watched` changes: what is in it is being seen. */
  watching?: () => void;
  watched?: unknown;
  children: ComponentChildren;
};

export function Section({ title, note, opened, watching, watched, children }: SectionProps) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (open) watching?.();
  }, [open, watched]);
  return (
    <details
      class="section"
      open={open}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
        if (event.currentTarget.open) opened?.();
      }}
    >
      <summary>
        <h2>{title}</h2>
        {note && <span class="count">{note}</span>}
      </summary>
      {open && children}
    </details>
  );
}

/** Where a list is empty: its sign, and a word. */
export function Nothing({ icon, text }: { icon: IconName; text: string }) {
  return (
    <p class="nothing">
      <Icon name={icon} />
      {text}
    </p>
  );
}

type ThingsProps = {
  /** Whether the room is known: before that nobody can say that there is nothing. */
  known: boolean;
  icon: IconName;
  none: string;
  children: ComponentChildren[];
};

/** A list of things that people have put into the room; `none` is said, beside its sign, while there is none. */
export function Things({ known, icon, none, children }: ThingsProps) {
  if (!known) return <Opening />;
  if (children.length === 0) return <Nothing icon={icon} text={none} />;
  return <ul class="things">{children}</ul>;
}

export function Opening() {
  return (
    <p class="nothing">
      <span class="spinner" aria-hidden="true" />
      {words.room.opening}
    </p>
  );
}

type ThingProps = {
  /** Whose it is; empty where the text says so itself. */
  by?: string;
  text: string;
  /** It is settled: answered, hidden. */
  done?: boolean;
  children: ComponentChildren;
};

/** One of them, and what can be done about it. */
export function Thing({ by = "", text, done = false, children }: ThingProps) {
  return (
    <li class={done ? "done" : ""}>
      <p>
        {by && <b>{by} </b>}
        {text}
      </p>
      <div class="row">{children}</div>
    </li>
  );
}
