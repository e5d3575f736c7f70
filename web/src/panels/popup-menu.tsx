// A menu as people know it: arrows go through it, Enter chooses, Esc closes, and the focus goes back to where it was.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";

export type MenuItem = {
  text: string;
  act: () => void;
  icon?: IconName;
  hint?: string | null;
  /** One of several, of which one is chosen. */
  chosen?: boolean;
};

type MenuProps = {
  label: string;
  items: readonly MenuItem[];
  /** Where its upper left corner lies on the page, in CSS pixels, if there is room. */
  at: { x: number; y: number };
  close: () => void;
};

const EDGE_PX = 8;

export function PopupMenu({ label, items, at, close }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shown = menu.current;
    if (shown === null) return;
    const before = document.activeElement;
    const { width, height } = shown.getBoundingClientRect();
    shown.style.left = `${Math.max(EDGE_PX, Math.min(at.x, innerWidth - width - EDGE_PX))}px`;
    shown.style.top = `${Math.max(EDGE_PX, Math.min(at.y, innerHeight - height - EDGE_PX))}px`;
    (shown.querySelector<HTMLElement>("[aria-checked=true]") ?? itemsOf(shown)[0])?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !shown.contains(event.target)) close();
    };
    addEventListener("pointerdown", outside, true);
    return () => {
      removeEventListener("pointerdown", outside, true);
      // Whoever has gone on elsewhere is not fetched back.
      const lost = shown.contains(document.activeElement) || document.activeElement === document.body;
      if (lost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div
      ref={menu}
      class="popup"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (pressed(event, close)) event.preventDefault();
      }}
      onContextMenu={(event) => event.preventDefault()}
    >
      {items.map(({ text, act, icon, hint, chosen }) => (
        <button
          key={text}
          type="button"
          class="popup-item"
          {...roleOf(chosen)}
          tabIndex={-1}
          onClick={() => {
            close();
            act();
          }}
        >
          {icon && <Icon name={icon} />}
          <span>{text}</span>
          {hint && <span class="popup-key">{hint}</span>}
        </button>
      ))}
    </div>
  );
}

function roleOf(chosen: boolean | undefined) {
  return chosen === undefined
    ? ({ role: "menuitem" } as const)
    : ({ role: "menuitemradio", "aria-checked": chosen } as const);
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>(".popup-item")];
}

/** Whether the key meant something here. */
function pressed(event: KeyboardEvent & { currentTarget: HTMLElement }, close: () => void): boolean {
  const items = itemsOf(event.currentTarget);
  const now = items.findIndex((item) => item.matches(":focus"));
  const to = (index: number) => {
    items[(index + items.length) % items.length]?.focus();
    return true;
  };
  switch (event.key) {
    case "ArrowDown":
      return to(now + 1);
    case "ArrowUp":
      return to(now < 0 ? -1 : now - 1);
    case "Home":
      return to(0);
    case "End":
      return to(-1);
    case "Escape":
    case "Tab":
      close();
      return true;
    default:
      return event.key.length === 1 && event.key !== " " && toLetter(items, now, event.key);
  }
}

/** The next item that begins with a letter. */
function toLetter(items: readonly HTMLElement[], now: number, letter: string): boolean {
  const inOrder = [...items.slice(now + 1), ...items.slice(0, now + 1)];
  const found = inOrder.find((item) =>
    item.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()),
  );
  found?.focus();
  return found !== undefined;
}
