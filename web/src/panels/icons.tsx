// The page's icons, all from Lucide: strokes on a 24-pixel square, in the color of the text around them.
import {
  BookOpen,
  ChevronDown,
  ChevronUp,
  CircleCheck,
  CircleMinus,
  CirclePlus,
  CircleQuestionMark,
  CloudOff,
  Contrast,
  DoorClosed,
  DoorOpen,
  Ellipsis,
  Hand,
  Hourglass,
  type IconNode,
  Images,
  KeyRound,
  Layers,
  Link,
  Lock,
  Maximize,
  MessageCircleQuestionMark,
  MessageSquare,
  MonitorSmartphone,
  Moon,
  Move,
  MoveUpRight,
  Pause,
  Play,
  Presentation,
  Redo2,
  RefreshCw,
  ShieldAlert,
  ShipWheel,
  SquareText,
  Sun,
  TriangleAlert,
  Type,
  Undo2,
  Unlink,
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
  messages: MessageSquare,
  images: Images,
  glossary: BookOpen,
  largeScreen: Presentation,
  warning: TriangleAlert,
  link: Link,
  brokenLink: Unlink,
  usedLink: KeyRound,
  expired: Hourglass,
  locked: Lock,
  closedDoor: DoorClosed,
  openDoor: DoorOpen,
  done: CircleCheck,
  elsewhere: MonitorSmartphone,
  reload: RefreshCw,
  unprotected: ShieldAlert,
  unreachable: CloudOff,
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
