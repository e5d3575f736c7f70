// How a picture is turned on the screen: mirrored first, then clockwise by quarters; eight ways in all. Pure.
import type { Turn } from "../protocol.ts";

export const UPRIGHT: Turn = { quarter_turns: 0, mirrored: false };

/** Where a step to the right and a step down in the picture lead on the screen: x to the right, y down. */
export type TurnMatrix = { rightX: number; rightY: number; downX: number; downY: number };

const QUARTERS: readonly TurnMatrix[] = [
  { rightX: 1, rightY: 0, downX: 0, downY: 1 },
  { rightX: 0, rightY: 1, downX: -1, downY: 0 },
  { rightX: -1, rightY: 0, downX: 0, downY: -1 },
  { rightX: 0, rightY: -1, downX: 1, downY: 0 },
];

export function matrixOf({ quarter_turns, mirrored }: Turn): TurnMatrix {
  const turned = QUARTERS[quarter_turns & 3] as TurnMatrix;
  // Minus zero would be drawn alike, but it is not equal to zero in every comparison.
  return mirrored ? { ...turned, rightX: 0 - turned.rightX, rightY: 0 - turned.rightY } : turned;
}

/** A step in the picture as a step on the screen. */
export function toScreen(turn: Turn, right: number, down: number): { x: number; y: number } {
  const { rightX, rightY, downX, downY } = matrixOf(turn);
  return { x: right * rightX + down * downX, y: right * rightY + down * downY };
}

/** A step on the screen as a step in the picture. */
export function toPicture(turn: Turn, x: number, y: number): { right: number; down: number } {
  const { rightX, rightY, downX, downY } = matrixOf(turn);
  return { right: x * rightX + y * rightY, down: x * downX + y * downY };
}

/** Whether rows of the picture run up and down the screen. */
export function liesOnItsSide({ quarter_turns }: Turn): boolean {
  return quarter_turns % 2 === 1;
}

/** What is seen, turned clockwise by so many quarters more. */
export function turnedFurther(turn: Turn, quarters: number): Turn {
  return { ...turn, quarter_turns: (turn.quarter_turns + quarters) & 3 };
}

/** What is seen, its left and right exchanged. */
export function flippedAcross({ quarter_turns, mirrored }: Turn): Turn {
  return { quarter_turns: -quarter_turns & 3, mirrored: !mirrored };
}

/** What is seen, its top and bottom exchanged. */
export function flippedOver(turn: Turn): Turn {
  return turnedFurther(flippedAcross(turn), 2);
}

export function sameTurn(a: Turn, b: Turn): boolean {
  return a.quarter_turns === b.quarter_turns && a.mirrored === b.mirrored;
}
