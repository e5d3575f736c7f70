// Icons that only those see who do not look as patients: fetched with their views.
import {
  CircleQuestionMark,
  Columns2,
  Contrast,
  Grid2x2,
  Link2,
  Link2Off,
  Presentation,
  Rows2,
  Square,
  ZoomIn,
} from "lucide";
import { addIcons } from "./icons.tsx";

const ICONS = {
  window: Contrast,
  zoom: ZoomIn,
  help: CircleQuestionMark,
  onePane: Square,
  twoPanes: Columns2,
  twoRows: Rows2,
  fourPanes: Grid2x2,
  linked: Link2,
  unlinked: Link2Off,
  largeScreen: Presentation,
};

export type DeskIconName = keyof typeof ICONS;

addIcons(ICONS);
