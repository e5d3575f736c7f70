// The measurements of a room as a table for spreadsheets: a row for each value, as CSV (RFC 4180). Pure.
import type { Annotation, KeptMark } from "../protocol.ts";
import { anchorOf } from "../stage/index.ts";

export type TableWords = {
  /** What the author of a mark is called. */
  nameOf(principal: string): string;
  /** Which picture a mark lies on. */
  pictureOf(mark: KeptMark): string;
};

/** A text, which a spreadsheet must never take for a formula, or a number. */
type Cell = string | number;

const COLUMNS = [
  "mark id",
  "author",
  "kind",
  "picture and place",
  "quantity",
  "value",
  "unit",
  "calibration meaning",
  "note",
];
/** By it Excel knows that this is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";
/** What a spreadsheet begins a formula with, and what it skips before one. */
const FORMULA = /^[=+\-@\t\r\n]/;

export function measurementTable(annotations: readonly Annotation[], words: TableWords): string {
  const inOrder = [...annotations].sort((a, b) => a.revision - b.revision);
  const rows: Cell[][] = [COLUMNS, ...inOrder.flatMap((annotation) => rowsOf(annotation, words))];
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Whether there is anything to put into the table. */
export function isMeasured({ deleted, hidden, mark }: Annotation): boolean {
  return !deleted && !hidden && mark != null && (mark.measured != null || mark.unmeasurable != null);
}

function rowsOf(annotation: Annotation, { nameOf, pictureOf }: TableWords): Cell[][] {
  const { id, by, mark } = annotation;
  if (!isMeasured(annotation) || mark == null) return [];
  const { measured, unmeasurable, shape } = mark;
  const where = [pictureOf(mark), placeWords(mark)].filter(Boolean).join("; ");
  const first = [id, nameOf(by), shape.kind, where];
  if (measured == null) return [[...first, "", "", "", "", unmeasurable ?? ""]];
  const last = [measured.meaning, measured.notes.join(" ")];
  if (measured.quantities.length === 0) return [[...first, "", "", "", ...last]];
  return measured.quantities.map(({ name, value, unit }) => [...first, name, value, unit, ...last]);
}

/** In the patient in millimeters (DICOM LPS), on a picture in pixels. */
function placeWords({ shape }: KeptMark): string {
  const place = anchorOf(shape);
  if (place === null) return "";
  if (place.kind === "patient")
    return `LPS ${place.point_um.map((um) => (um / 1000).toFixed(1)).join(" ")} mm`;
  return `column, row ${place.point_milli.map((milli) => (milli / 1000).toFixed(1)).join(" ")}`;
}

function cell(value: Cell): string {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
