// The page hashes a room as the server does: the same files are read by pytest.
import { expect, test } from "vitest";
import type { Snapshot } from "../protocol.ts";
import { canonical } from "./canonical.ts";
import { fromSnapshot } from "./document.ts";
import { documentHash, viewHash } from "./state-hash.ts";
import { NOTHING_SHARED, withWhole } from "./view.ts";

type File = { why: string; snapshot: Snapshot; document: string; view: string };
const files = import.meta.glob<string>("../../../tests/wire/state/*.json", {
  eager: true,
  import: "default",
  query: "?raw",
});

test.each(Object.entries(files))("%s", async (_, text) => {
  const { snapshot, document, view }: File = JSON.parse(text);
  const stamp = { fence: snapshot.lead.fence, viewRevision: snapshot.view_revision };
  const shared = withWhole(NOTHING_SHARED, snapshot.layout, snapshot.panes, stamp);
  expect([await documentHash(fromSnapshot(snapshot)), await viewHash(shared)]).toEqual([document, view]);
});

test("another revision of the same document hashes alike, another mark does not", async () => {
  const [text] = Object.values(files).sort((a, b) => b.length - a.length);
  const document = fromSnapshot((JSON.parse(text ?? "") as File).snapshot);
  expect(await documentHash({ ...document, revision: 99 })).toBe(await documentHash(document));
  const [first, ...rest] = document.annotations;
  if (first === undefined) throw new Error("the file holds no marks");
  const changed = { ...document, annotations: [{ ...first, hidden: !first.hidden }, ...rest] };
  expect(await documentHash(changed)).not.toBe(await documentHash(document));
});

test("nulls are left out, names are sorted, numbers have one spelling", () => {
  expect(canonical({ b: [1e21, -0, 0.1, null], a: null, A: { é: "\u2028", z: 1e-7 } })).toBe(
    '{"A":{"z":1e-7,"é":"\u2028"},"b":[1e+21,0,0.1,null]}',
  );
});
