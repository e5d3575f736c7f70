// How many bytes a picture may keep: decoded tiles, textures, the preview of its stack.

export type Budgets = {
  /** Decoded values tiles. */
  values: number;
  /** On the graphics card. */
  textures: number;
  /** Of the whole stack; the server sends no more (MOST_BYTES in preview_level.py). */
  preview: number;
  /** Decoded display tiles, four bytes a pixel. */
  display: number;
};

const MIB = 1 << 20;
const DESKTOP: Budgets = { values: 84 * MIB, textures: 64 * MIB, preview: 24 * MIB, display: 64 * MIB };
/** Together less than 150 MB: a tab that takes more is closed by the phone. */
const PHONE: Budgets = { values: 46 * MIB, textures: 40 * MIB, preview: 24 * MIB, display: 32 * MIB };

/** Devices that are only touched, and those that say they have little memory. */
function isSmall(): boolean {
  const { deviceMemory } = (globalThis.navigator ?? {}) as { deviceMemory?: number };
  const touched = globalThis.matchMedia?.("(any-pointer: coarse) and (not (any-pointer: fine))").matches;
  return touched === true || (deviceMemory !== undefined && deviceMemory <= 2);
}

const SMALL = isSmall();
let pictures = 0;

/** Counts a picture that keeps bytes; what it returns is called when it keeps none any more. */
export function countPicture(): () => void {
  pictures += 1;
  return () => {
    pictures -= 1;
  };
}

/** What one picture may keep now: on a small device all of them share what one would have. */
export function budgets(): Budgets {
  if (!SMALL) return DESKTOP;
  const share = Math.max(1, pictures);
  const { values, textures, preview, display } = PHONE;
  return {
    values: values / share,
    textures: textures / share,
    preview: preview / share,
    display: display / share,
  };
}
