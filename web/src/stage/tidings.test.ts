import { expect, test } from "vitest";
import type { Drawn } from "./drawn.ts";
import { axialStack } from "./info.testing.ts";
import { spaceOf } from "./space.ts";
import { Tidings } from "./tidings.ts";
import type { Quality } from "./types.ts";
import { defaultLook, layoutFor } from "./view-state.ts";

const info = axialStack();
const space = spaceOf(info);
const look = defaultLook(space, { info, modality: "CT", mode: "stack" });
const full: Drawn = {
  space,
  shown: {
    room: "r",
    grant: "g",
    series: "s1",
    stack: 0,
    info,
    mode: "stack",
    plane: null,
    camera: null,
    title: "",
    modality: "CT",
  },
  look,
  layout: layoutFor(space, look, { width: 900, height: 600 }),
  quality: "full",
  final: true,
  refusal: null,
};
const preview: Drawn = { ...full, quality: "preview", final: false };

function told() {
  const data: DOMStringMap = {};
  const heard: (Quality | number | null)[] = [];
  const drawn: (string | null)[] = [];
  const tidings = new Tidings(data, {
    onQuality: (q) => heard.push(q),
    onFilm: (frame) => heard.push(frame),
    onDrawn: (tag) => drawn.push(tag),
  });
  return { data, drawn, heard, tidings };
}

test("a tag is told once its view is drawn as well as it can be, and no longer when the user moved", () => {
  const { data, drawn, tidings } = told();
  tidings.drew(preview, { look, tag: "7.1", playing: false });
  expect([data.drawn, data.drawnQuality]).toEqual([undefined, "preview"]);
  tidings.drew(full, { look: { ...look }, tag: "7.1", playing: false });
  expect(data.drawn).toBeUndefined();
  tidings.drew(full, { look, tag: "7.1", playing: false });
  expect([data.drawn, data.drawnQuality]).toEqual(["7.1", "full"]);
  tidings.moved();
  expect(drawn).toEqual(["7.1", null]);
  expect([data.drawn, data.drawnAt]).toEqual([undefined, undefined]);
  tidings.drew(full, { look, tag: null, playing: false });
  expect(data.drawn).toBeUndefined();
});

test("a preview is as good as a running film gets; nothing at all is not", () => {
  const { data, tidings } = told();
  tidings.drew({ ...preview, quality: "none" }, { look, tag: "7.1", playing: true });
  expect(data.drawn).toBeUndefined();
  tidings.drew(preview, { look, tag: "7.1", playing: true });
  expect(data.drawn).toBe("7.1");
});

test("quality and film are told when they change", () => {
  const { heard, tidings } = told();
  tidings.drew(preview, { look, tag: null, playing: true });
  tidings.drew(preview, { look, tag: null, playing: true });
  expect(heard).toEqual(["preview", 20]);
  tidings.drew(null, { look: null, tag: null, playing: false });
  expect(heard).toEqual(["preview", 20, "none", null]);
});
