// A part of the page that is fetched when it is first shown: what not everybody sees is not waited for by everybody.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/** The part once it is here, nothing until then. A line that fails is tried again. */
export function later<Props extends object>(
  fetched: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let part: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [, setHere] = useState(part !== null);
    useEffect(() => {
      let left = false;
      const load = async (pauseMs: number): Promise<void> => {
        try {
          part ??= await fetched();
          if (!left) setHere(true);
        } catch {
          await new Promise((next) => setTimeout(next, pauseMs));
          if (!left) await load(Math.min(LONGEST_PAUSE_MS, 2 * pauseMs));
        }
      };
      void load(FIRST_PAUSE_MS);
      return () => {
        left = true;
      };
    }, []);
    const Part = part;
    return Part && <Part {...props} />;
  };
}
