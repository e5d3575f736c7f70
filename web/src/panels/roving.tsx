// A toolbar for the keyboard: one stop for Tab, arrows go from button to button (WAI-ARIA, toolbar pattern).
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export function Bar({ label, children }: { label: string; children: ComponentChildren }) {
  const bar = useRef<HTMLDivElement>(null);
  const current = useRef<HTMLElement | null>(null);
  // After each drawing: the button that had the stop may be gone, or cannot be pressed now.
  useLayoutEffect(() => {
    const shown = bar.current;
    if (shown !== null) current.current = oneStop(shown, current.current);
  });
  return (
    <div
      ref={bar}
      class="bar"
      role="toolbar"
      aria-label={label}
      onFocusIn={(event) => {
        if (event.target instanceof HTMLElement && event.target.matches(BUTTONS))
          current.current = oneStop(event.currentTarget, event.target);
      }}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !moved(event.currentTarget, event.key)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {children}
    </div>
  );
}

const BUTTONS = ".tool:not(:disabled)";

function buttonsIn(bar: HTMLElement): HTMLElement[] {
  return [...bar.querySelectorAll<HTMLElement>(BUTTONS)];
}

/** Tab stops at one button: the one before, if it still can be, else the pressed one, else the first. */
function oneStop(bar: HTMLElement, before: HTMLElement | null): HTMLElement | null {
  const buttons = buttonsIn(bar);
  const pressed = buttons.find((button) => button.getAttribute("aria-pressed") === "true");
  const stop = (before && buttons.includes(before) ? before : pressed) ?? buttons[0] ?? null;
  for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
  return stop;
}

function moved(bar: HTMLElement, key: string): boolean {
  const buttons = buttonsIn(bar);
  const now = buttons.findIndex((button) => button.matches(":focus"));
  if (now < 0) return false;
  const steps: Record<string, number> = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: -1 };
  const to = steps[key];
  if (to === undefined) return false;
  buttons[(to + buttons.length) % buttons.length]?.focus();
  return true;
}
