// Icons that only those see who do not look as patients: fetched with their views.
import {
  Angle,
  Axis3d,
  CircleQuestionMark,
  Columns2,
  Contrast,
  Diameter,
  Ellipse,
  Eraser,
  Grid2x2,
  Lasso,
  Link2,
  Link2Off,
  Pentagon,
  Pipette,
  Presentation,
  RectangleHorizontal,
  Rows2,
  Ruler,
  Square,
  Tangent,
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
  planes: Axis3d,
  linked: Link2,
  unlinked: Link2Off,
  largeScreen: Presentation,
  freehand: Lasso,
  length: Ruler,
  angle: Angle,
  cobb: Tangent,
  bidirectional: Diameter,
  ellipse: Ellipse,
  rectangle: RectangleHorizontal,
  polygon: Pentagon,
  probe: Pipette,
  eraser: Eraser,
};

export type DeskIconName = keyof typeof ICONS;

addIcons(ICONS);
