// A button that opens a small sheet of choices beneath it. Esc, a choice or a press elsewhere closes it.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";

type MenuProps = { icon: IconName; title: string; children: (close: () => void) => ComponentChildren };

export function Menu({ icon, title, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  // At once: a quick Esc must find it open.
  useLayoutEffect(() => {
    if (!open) return undefined;
    const elsewhere = (event: PointerEvent) => {
      if (event.target instanceof Node && whole.current?.contains(event.target) !== true) setOpen(false);
    };
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    };
    addEventListener("pointerdown", elsewhere, true);
    addEventListener("keydown", pressed, true);
    return () => {
      removeEventListener("pointerdown", elsewhere, true);
      removeEventListener("keydown", pressed, true);
    };
  }, [open]);
  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }
  return (
    <div class="menu" ref={whole}>
      <button
        ref={opener}
        type="button"
        class="tool"
        aria-expanded={open}
        title={title}
        onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
        <span>{title}</span>
      </button>
      {open && <div class="menu-sheet">{children(close)}</div>}
    </div>
  );
}
