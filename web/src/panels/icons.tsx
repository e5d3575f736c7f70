// The page's icons, all from Lucide: strokes on a 24-pixel square, in the color of the text around them.
import {
  ChevronDown,
  ChevronUp,
  CircleMinus,
  CirclePlus,
  CircleQuestionMark,
  Columns2,
  Contrast,
  Ellipsis,
  Grid2x2,
  Hand,
  type IconNode,
  Layers,
  Link2,
  Link2Off,
  Maximize,
  MessageCircleQuestionMark,
  Moon,
  Move,
  MoveUpRight,
  Pause,
  Play,
  Redo2,
  Rows2,
  ShipWheel,
  Square,
  SquareText,
  Sun,
  Type,
  Undo2,
  Users,
  X,
  ZoomIn,
} from "lucide";
import { h } from "preact";
import { words } from "../words.ts";

const ICONS = {
  window: Contrast,
  pan: Move,
  zoom: ZoomIn,
  scroll: Layers,
  arrow: MoveUpRight,
  text: Type,
  pin: MessageCircleQuestionMark,
  hand: Hand,
  fit: Maximize,
  overlays: SquareText,
  play: Play,
  pause: Pause,
  undo: Undo2,
  redo: Redo2,
  help: CircleQuestionMark,
  up: ChevronUp,
  down: ChevronDown,
  brighter: Sun,
  darker: Moon,
  moreContrast: CirclePlus,
  lessContrast: CircleMinus,
  more: Ellipsis,
  close: X,
  lead: ShipWheel,
  people: Users,
  onePane: Square,
  twoPanes: Columns2,
  twoRows: Rows2,
  fourPanes: Grid2x2,
  linked: Link2,
  unlinked: Link2Off,
} satisfies Record<string, IconNode>;

export type IconName = keyof typeof ICONS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {ICONS[name].map(([tag, attributes]) => h(tag, attributes))}
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
