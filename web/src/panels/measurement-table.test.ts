import { expect, test } from "vitest";
import type { Annotation, KeptMark, Shape } from "../protocol.ts";
import { isMeasured, measurementTable } from "./measurement-table.ts";

const at = (x: number) => ({
  kind: "patient" as const,
  frame_of_reference: "F1",
  point_um: [x, -2500, 46_667] as [number, number, number],
});
const LENGTH: Shape = { kind: "length", start: at(0), end: at(10_000) };

function annotation(id: string, mark: Partial<KeptMark>, changes: Partial<Annotation> = {}): Annotation {
  const kept = { series: "s1", stack: 0, shape: LENGTH, ...mark };
  return { id, by: "p", revision: 1, deleted: false, hidden: false, answered: false, mark: kept, ...changes };
}

const MEASURED: Partial<KeptMark> = {
  measured: {
    kind: "length",
    quantities: [{ name: "length", value: 10, unit: "mm" }],
    calibration: "patient",
    meaning: "In the patient.",
    notes: [],
  },
};
const words = { nameOf: () => "Dr. Weber", pictureOf: () => "Picture 12" };
const lines = (annotations: Annotation[], said = words) =>
  measurementTable(annotations, said).split("\r\n").slice(1, -1);

test("a table begins with the mark of UTF-8 and the names of its columns, and each line ends as RFC 4180 says", () => {
  expect(measurementTable([], words)).toBe(
    "\ufeffmark id,author,kind,picture and place,quantity,value,unit,calibration meaning,note\r\n",
  );
});

test("each value is a row with its unit, whose it is and where", () => {
  expect(lines([annotation("m1", MEASURED)])).toEqual([
    "m1,Dr. Weber,length,Picture 12; LPS 0.0 -2.5 46.7 mm,length,10,mm,In the patient.,",
  ]);
});

test("numbers stay numbers; words that a spreadsheet would take for a formula do not", () => {
  const notes = ["+SUM(A1)"];
  const quantities = [{ name: "mean" as const, value: -812.5, unit: "HU" }];
  const mark = {
    measured: { kind: "ellipse" as const, quantities, calibration: "none" as const, meaning: "@x", notes },
  };
  const [row] = lines([annotation("m1", mark)], { ...words, nameOf: () => '=HYPERLINK("http://x","a")' });
  expect(row).toBe(
    `m1,"'=HYPERLINK(""http://x"",""a"")",length,Picture 12; LPS 0.0 -2.5 46.7 mm,mean,-812.5,HU,'@x,'+SUM(A1)`,
  );
  expect(lines([annotation("m1", MEASURED)], { ...words, nameOf: () => "-1" })[0]).toContain(",'-1,");
  expect(lines([annotation("m1", MEASURED)], { ...words, nameOf: () => "a\nb" })[0]).toContain(',"a\nb",');
});

test("what could not be measured says why; deleted, hidden and plain marks are left out", () => {
  const unmeasurable = annotation("m2", { unmeasurable: "Its points lie on several pictures." });
  expect(lines([unmeasurable])[0]).toMatch(/,,,,,Its points lie on several pictures\.$/);
  const others = [
    annotation("m3", MEASURED, { hidden: true }),
    annotation("m4", MEASURED, { deleted: true, mark: null }),
    annotation("m5", { shape: { kind: "arrow", tail: at(0), head: at(1), label: "" } }),
  ];
  expect(others.map(isMeasured)).toEqual([false, false, false]);
  expect(lines(others)).toEqual([]);
});
