// The page's few icons, drawn by us: strokes on a 24-pixel square, in the color of the text around them.
import { words } from "../words.ts";

const PATHS = {
  window: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  pan: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
  zoom: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21M10.5 7.5v6M7.5 10.5h6",
  scroll: "M12 4l9 4.5-9 4.5-9-4.5zM3 12.5 12 17l9-4.5M3 16.5 12 21l9-4.5",
  arrow: "M5 19 19 5M9 5h10v10",
  text: "M5 7V5h14v2M12 5v14M9 19h6",
  pin: "M12 21s-7-6.2-7-11a7 7 0 0 1 14 0c0 4.8-7 11-7 11zM9.8 8.6a2.3 2.3 0 1 1 3.3 2c-.7.4-1.1.8-1.1 1.6M12 14.6v.4",
  hand: "M7 12V6.5a1.5 1.5 0 0 1 3 0V11M10 11V4.5a1.5 1.5 0 0 1 3 0V11M13 11V5.5a1.5 1.5 0 0 1 3 0V12M16 12V8.5a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-3 0-4.500-1.300-6-4l-2-4a1.600 1.600 0 0 1 2.700-1.600L7 13",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  overlays: "M4 4h16v16H4zM8 9h8M8 12.5h8M8 16h5",
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  undo: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "M16 5l4 4-4 4M20 9H10a6 6 0 0 0 0 12h3",
  help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.5v.5",
  up: "M5 15l7-7 7 7",
  down: "M5 9l7 7 7-7",
  brighter:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3 19 19M5 19l1.7-1.7M17.3 6.7 19 5",
  darker: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  moreContrast: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16M12 8h6M12 12h8M12 16h6",
  lessContrast: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 4v16",
  more: "M5.5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2zM12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2zM18.5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2z",
  close: "M6 6l12 12M18 6 6 18",
  lead: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM3.5 10l6 1M20.5 10l-6 1M12 14.5V21",
  people:
    "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20a6.5 6.5 0 0 1 13 0M16 5.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Two people's circles, overlapping. */
export function Brand() {
  return (
    <span class="brand">
      <svg class="brand-sign" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <circle cx="12.5" cy="16" r="8" />
        <circle cx="19.5" cy="16" r="8" />
      </svg>
      <span class="brand-name">{words.product}</span>
    </span>
  );
}
