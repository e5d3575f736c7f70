// A part of a side that folds away, with a short word on what is in it.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

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
