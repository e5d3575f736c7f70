import { expect, test } from "vitest";
import type { Turn } from "../protocol.ts";
import { depthOf, scaleBar, sideLetters } from "./bearings.ts";
import { commanded, type ViewCommandName } from "./commands.ts";
import { axialStack, imageStack, sagittalStack } from "./info.testing.ts";
import {
  type CanvasSize,
  cornersOf,
  fieldOf,
  layoutOf,
  pointAt,
  screenPoint,
  uprightPoint,
  wholeField,
  zoomedAt,
} from "./layout.ts";
import { visibleTiles } from "./levels.ts";
import { spaceOf } from "./space.ts";
import { flippedAcross, flippedOver, matrixOf, sameTurn, turnedFurther, UPRIGHT } from "./turn.ts";
import {
  defaultLook,
  difference,
  draggedWindow,
  drawnInverted,
  layoutFor,
  lookOf,
  panned,
  pointOf,
  type Subject,
  zoomed,
} from "./view-state.ts";

const ALL: Turn[] = [0, 1, 2, 3].flatMap((quarter_turns) =>
  [false, true].map((mirrored) => ({ quarter_turns, mirrored })),
);
const CANVASES: CanvasSize[] = [
  { width: 900, height: 600 },
  { width: 390, height: 844 },
  { width: 333, height: 1001 },
];
const info = axialStack();
const space = spaceOf(info);
const ct: Subject = { info, modality: "CT", mode: "stack" };
const canvas = { width: 900, height: 600 };
const start = defaultLook(space, ct);

function after(...commands: ViewCommandName[]) {
  return commands.reduce((look, command) => commanded(command, space, ct, look, canvas), start);
}

test("a picture is mirrored first, then turned clockwise", () => {
  const layout = (turn: Turn) =>
    layoutOf(space, { frame: 0, u: 0, v: 0 }, { width: 700, height: 700 }, { width: 100, height: 100 }, turn);
  // One column of 0.7 mm is 100 pixels of this screen: a step to the right in the picture, then a step down.
  const right = (turn: Turn) => screenPoint(layout(turn), 1, 0);
  const down = (turn: Turn) => screenPoint(layout(turn), 0, 1);
  expect([right(UPRIGHT), down(UPRIGHT)]).toEqual([
    { x: 150, y: 50 },
    { x: 50, y: 150 },
  ]);
  const quarter = { quarter_turns: 1, mirrored: false };
  expect([right(quarter), down(quarter)]).toEqual([
    { x: 50, y: 150 },
    { x: -50, y: 50 },
  ]);
  const mirrored = { quarter_turns: 1, mirrored: true };
  expect([right(mirrored), down(mirrored)]).toEqual([
    { x: 50, y: -50 },
    { x: -50, y: 50 },
  ]);
});

test("a point of a frame survives the way over the screen however it is turned", () => {
  const sagittal = spaceOf(sagittalStack());
  for (const turn of ALL) {
    const layout = layoutOf(sagittal, { frame: 1, u: 40, v: 30 }, { width: 5e4, height: 2e4 }, canvas, turn);
    const { x, y } = screenPoint(layout, 3.5, 77);
    expect(pointAt(layout, { x, y })).toEqual({
      frame: 1,
      u: expect.closeTo(3.5, 9),
      v: expect.closeTo(77, 9),
    });
  }
});

test("what is drawn turned around the middle of the canvas lies where its points do", () => {
  for (const turn of ALL) {
    const layout = layoutOf(space, { frame: 0, u: 200, v: 300 }, { width: 9e4, height: 8e4 }, canvas, turn);
    const upright = uprightPoint(layout, 17, 400);
    const { rightX, rightY, downX, downY } = matrixOf(turn);
    const [dx, dy] = [upright.x - 450, upright.y - 300];
    const there = { x: 450 + dx * rightX + dy * downX, y: 300 + dx * rightY + dy * downY };
    expect(screenPoint(layout, 17, 400)).toEqual({
      x: expect.closeTo(there.x, 9),
      y: expect.closeTo(there.y, 9),
    });
  }
});

test("every follower sees all of the picture that its leader sees, however it is turned", () => {
  for (const turn of ALL) {
    for (const leader of CANVASES) {
      for (const [u, v, across] of [
        [256, 256, 1],
        [20, 490, 0.3],
        [500, 10, 0.07],
      ] as const) {
        const asked = { width: Math.round(358_400 * across), height: Math.round(300_000 * across) };
        const led = layoutOf(space, { frame: 0, u, v }, asked, leader, turn);
        const field = fieldOf(space, led);
        expect(layoutOf(space, led.center, field, leader, turn).scale / led.scale).toBeCloseTo(1, 4);
        const corners = [
          pointAt(led, { x: 0, y: 0 }),
          pointAt(led, { x: leader.width, y: leader.height }),
        ].map((corner) => ({
          u: Math.min(512, Math.max(0, corner.u)),
          v: Math.min(512, Math.max(0, corner.v)),
        }));
        for (const follower of CANVASES) {
          const seen = layoutOf(space, led.center, field, follower, turn);
          for (const corner of corners) {
            const { x, y } = screenPoint(seen, corner.u, corner.v);
            expect(x).toBeGreaterThan(-0.01);
            expect(x).toBeLessThan(follower.width + 0.01);
            expect(y).toBeGreaterThan(-0.01);
            expect(y).toBeLessThan(follower.height + 0.01);
          }
        }
      }
    }
  }
});

test("a turned picture follows the hand that drags it, and is held where it is zoomed", () => {
  for (const turn of ALL) {
    const look = zoomed(space, { ...start, turn }, canvas, 4, { x: 450, y: 300 });
    const held = pointAt(layoutFor(space, look, canvas), { x: 200, y: 100 });
    const dragged = layoutFor(space, panned(space, look, canvas, { dx: 33, dy: -20 }), canvas);
    expect(pointAt(dragged, { x: 233, y: 80 }).u).toBeCloseTo(held.u, 2);
    expect(pointAt(dragged, { x: 233, y: 80 }).v).toBeCloseTo(held.v, 2);
    const near = zoomedAt(space, layoutFor(space, look, canvas), 1.5, { x: 200, y: 100 });
    expect(pointAt(near, { x: 200, y: 100 }).u).toBeCloseTo(held.u, 9);
  }
});

test("the letters turn with the picture", () => {
  // Axial, seen from the feet: upright R is on the left and A above.
  const letters = (quarter_turns: number, mirrored: boolean) =>
    Object.values(sideLetters(space, { quarter_turns, mirrored }) ?? {}).join("");
  expect(letters(0, false)).toBe("RLAP");
  expect(letters(1, false)).toBe("PARL");
  expect(letters(2, false)).toBe("LRPA");
  expect(letters(3, false)).toBe("APLR");
  expect(letters(0, true)).toBe("LRAP");
  expect(letters(1, true)).toBe("PALR");
  expect(depthOf(space, 0)).toEqual({ letters: "F", mm: 100 });
});

test("the scale bar measures along the screen, whatever lies there", () => {
  const thick = sagittalStack();
  const plane = spaceOf(thick);
  for (const turn of ALL) {
    const layout = layoutOf(plane, { frame: 0, u: 128, v: 50 }, wholeField(plane), canvas, turn);
    const bar = scaleBar(thick, layout);
    const at = pointAt(layout, { x: 450, y: 300 });
    const end = pointAt(layout, { x: 450 + (bar?.pixels ?? 0), y: 300 });
    expect(Math.hypot((end.u - at.u) * 0.5, (end.v - at.v) * 2)).toBeCloseTo(bar?.mm ?? -1, 6);
  }
});

test("the tiles of a large picture that are on the canvas are found however it is turned", () => {
  const large = spaceOf(imageStack({ rows: 2048, columns: 4096, frames: 1, level_count: 6 }));
  for (const turn of ALL) {
    const layout = layoutOf(large, { frame: 0, u: 700, v: 700 }, { width: 4e5, height: 4e5 }, canvas, turn);
    const tiles = visibleTiles(large, layout, 0);
    const names = new Set(tiles.map(({ column, row }) => `${column}/${row}`));
    for (const [x, y] of [
      [0, 0],
      [899, 0],
      [0, 599],
      [899, 599],
      [450, 300],
    ] as const) {
      const { u, v } = pointAt(layout, { x, y });
      if (u >= 0 && v >= 0) expect(names).toContain(`${Math.floor(u / 512)}/${Math.floor(v / 512)}`);
    }
    const { from, to } = cornersOf(layout, { u: 512, v: 512 }, { u: 1024, v: 1024 });
    expect([to.x - from.x, to.y - from.y]).toEqual([expect.closeTo(768, 6), expect.closeTo(768, 6)]);
  }
});

test("four quarters, two flips and two of each lead back", () => {
  expect(after("rotateRight", "rotateRight", "rotateRight", "rotateRight")).toEqual(start);
  expect(after("rotateLeft").turn).toEqual({ quarter_turns: 3, mirrored: false });
  expect(after("flipHorizontal", "flipHorizontal")).toEqual(start);
  expect(after("flipVertical").turn).toEqual({ quarter_turns: 2, mirrored: true });
  expect(after("flipVertical", "flipVertical")).toEqual(start);
  for (const turn of ALL) {
    expect(sameTurn(flippedOver(flippedAcross(turn)), turnedFurther(turn, 2))).toBe(true);
  }
});

test("a flip exchanges the sides of the screen, also of a turned picture", () => {
  const turned = after("rotateRight", "flipHorizontal");
  // Turned to the right P A R L (left, right, top, bottom): now left and right are exchanged.
  expect(Object.values(sideLetters(space, turned.turn) ?? {}).join("")).toBe("APRL");
  const over = after("rotateRight", "flipVertical");
  expect(Object.values(sideLetters(space, over.turn) ?? {}).join("")).toBe("PALR");
});

test("turning keeps what is whole whole, and else the scale and the middle", () => {
  expect(after("rotateRight").field).toEqual(start.field);
  const near = zoomed(space, start, canvas, 4, { x: 100, y: 100 });
  const turned = commanded("rotateRight", space, ct, near, canvas);
  const [before, now] = [layoutFor(space, near, canvas), layoutFor(space, turned, canvas)];
  expect(now.scale / before.scale).toBeCloseTo(1, 4);
  expect(pointOf(space, turned)).toEqual(pointOf(space, near));
  const back = commanded("rotateLeft", space, ct, turned, canvas);
  expect(layoutFor(space, back, canvas).scale / before.scale).toBeCloseTo(1, 4);
});

test("turning and inverting are told; a reset takes both back", () => {
  const changed = after("rotateRight", "invert");
  expect(difference(start, changed)).toEqual({
    turn: { quarter_turns: 1, mirrored: false },
    inverted: true,
  });
  expect(commanded("reset", space, ct, changed, canvas)).toEqual(start);
});

test("PET opens inverted, unless the file asks for that itself; what the room says holds", () => {
  const opens = (modality: string, changes = {}) =>
    defaultLook(space, { info: axialStack(changes), modality, mode: "stack" }).inverted;
  expect(opens("PT")).toBe(true);
  expect(opens("CT")).toBe(false);
  expect(opens("PT", { inverted: true })).toBe(false);
  expect(opens("PT", { samples: 3 })).toBe(false);
  expect(lookOf(space, { info, modality: "PT", mode: "stack" }, { inverted: false }).inverted).toBe(false);
});

test("what is inverted by the file and by the room is inverted twice, so not at all", () => {
  const negative = axialStack({ inverted: true });
  const drawn = [info, negative].map((one) => [
    drawnInverted(one, { ...start, inverted: false }),
    drawnInverted(one, { ...start, inverted: true }),
  ]);
  expect(drawn).toEqual([
    [false, true],
    [true, false],
  ]);
  const down = draggedWindow(
    start.window,
    { dx: 0, dy: 50 },
    drawnInverted(info, { ...start, inverted: true }),
  );
  expect(down.center).toBe(-40);
});

test("colors are turned, never inverted", () => {
  for (const colored of [axialStack({ samples: 3 }), axialStack({ palette: true })]) {
    const subject: Subject = { info: colored, modality: "US", mode: "stack" };
    const look = lookOf(space, subject, { inverted: true });
    expect(look.inverted).toBe(false);
    expect(commanded("invert", space, subject, look, canvas)).toBe(look);
    expect(commanded("rotateRight", space, subject, look, canvas).turn.quarter_turns).toBe(1);
  }
});
