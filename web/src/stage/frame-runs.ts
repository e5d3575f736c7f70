// Frames as runs of neighbors, the way addresses name them. Pure.

export type Run = readonly [first: number, last: number];

/** The runs that hold these frames; where there would be more than `most`, across the smallest gaps between them. */
export function runsOf(frames: Iterable<number>, most: number): Run[] {
  const runs: [number, number][] = [];
  for (const frame of [...frames].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && frame <= last[1] + 1) last[1] = frame;
    else runs.push([frame, frame]);
  }
  const gap = (index: number) => (runs[index + 1]?.[0] ?? Infinity) - (runs[index]?.[1] ?? 0);
  while (runs.length > most) {
    let smallest = 0;
    for (let index = 1; index < runs.length - 1; index++) {
      if (gap(index) < gap(smallest)) smallest = index;
    }
    const [next] = runs.splice(smallest + 1, 1);
    const before = runs[smallest];
    if (before && next) before[1] = next[1];
  }
  return runs;
}

/** `0-17,80-91` */
export function runsText(runs: readonly Run[]): string {
  return runs.map(([first, last]) => `${first}-${last}`).join(",");
}
