// The page's icons, all from Lucide: strokes on a 24-pixel square, in the color of the text around them.
import {
  BookOpen,
  ChevronDown,
  ChevronUp,
  CircleCheck,
  CircleMinus,
  CirclePlus,
  CloudOff,
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
  ZoomOut,
} from "lucide";
import { h } from "preact";
import { words } from "../words.ts";
import type { DeskIconName } from "./desk-icons.ts";

const ICONS = {
  pan: Move,
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
  up: ChevronUp,
  down: ChevronDown,
  brighter: Sun,
  darker: Moon,
  moreContrast: CirclePlus,
  lessContrast: CircleMinus,
  closer: ZoomIn,
  farther: ZoomOut,
  more: Ellipsis,
  close: X,
  lead: ShipWheel,
  people: Users,
  messages: MessageSquare,
  images: Images,
  glossary: BookOpen,
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

export type IconName = keyof typeof ICONS | DeskIconName;

const known = new Map<string, IconNode>(Object.entries(ICONS));

/** More of them, from a part of the page that is fetched later. */
export function addIcons(icons: Record<string, IconNode>): void {
  for (const [name, node] of Object.entries(icons)) known.set(name, node);
}

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {known.get(name)?.map(([tag, attributes]) => h(tag, attributes))}
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
