import { expect, test } from "vitest";

// Who may import whom: the floors of the page, as import-linter holds those of the server.
const FLOORS: Record<string, readonly string[]> = {
  state: ["words", "protocol"],
  net: ["state", "words", "protocol"],
  stage: ["words", "protocol"],
  panels: ["stage", "net", "state", "words", "protocol", "styles"],
  support: ["panels", "stage", "state", "protocol"],
  app: ["support", "panels", "net", "state", "words", "protocol"],
  main: ["app", "styles", "words"],
};
/** Tests and what they are helped by look wherever they like. */
const HELPERS = /\.(test|testing|fixture)\.|\/turned-clock\./;

const sources = import.meta.glob<string>("./**/*.{ts,tsx}", {
  eager: true,
  query: "?raw",
  import: "default",
});
const files = Object.entries(sources).filter(([path]) => !HELPERS.test(path));

/** The folder of a path, or its file's own name at the top. */
function floorOf(path: string): string {
  const [first = "", ...more] = path.replace(/^\.\//, "").split("/");
  return more.length > 0 ? first : first.replace(/\..*$/, "");
}

function imports(path: string, text: string): string[] {
  const folder = `https://page.test/${path.replace(/^\.\//, "")}`;
  return [...text.matchAll(/\bfrom\s+"(\.[^"]+)"|\bimport\s+"(\.[^"]+)"|new URL\("(\.[^"]+)"/g)].map(
    ([, from, plain, worker]) => `.${new URL(from ?? plain ?? worker ?? "", folder).pathname}`,
  );
}

test("the floors see every file", () => {
  expect(files.length).toBeGreaterThan(50);
  const floors = new Set(files.map(([path]) => floorOf(path)));
  expect([...floors].filter((floor) => !(floor in FLOORS)).sort()).toEqual(["protocol", "words"]);
});

test.each(files)("%s imports only from floors below", (path, text) => {
  const own = floorOf(path);
  const others = imports(path, text).filter((to) => floorOf(to) !== own);
  expect(others.filter((to) => !FLOORS[own]?.includes(floorOf(to)))).toEqual([]);
});

test.each(files.filter(([path]) => floorOf(path) !== "stage"))(
  "%s knows of the stage only what its index shows",
  (path, text) => {
    const inside = imports(path, text).filter((to) => floorOf(to) === "stage");
    expect(inside.filter((to) => to !== "./stage/index.ts")).toEqual([]);
  },
);
