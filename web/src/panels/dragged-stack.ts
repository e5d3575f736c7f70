// A stack that is carried by the mouse from the series strip to a pane.
import type { ShownStack } from "../protocol.ts";

export const STACK_TYPE = "application/x-readingroom-stack";

type Stack = Pick<ShownStack, "series" | "stack">;

export function carry(data: DataTransfer | null, { series, stack }: Stack): void {
  data?.setData(STACK_TYPE, `${stack} ${series}`);
}

/** The stack that is carried; null: something else is. */
export function stackIn(data: DataTransfer | null): Stack | null {
  const [, stack, series] = /^(\d+) ([\w-]+)$/.exec(data?.getData(STACK_TYPE) ?? "") ?? [];
  return stack === undefined || series === undefined ? null : { series, stack: Number(stack) };
}
