// The three sayings of the wire agree: schema, types and checks; the wire files are read here and by pytest.
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { generated } from "../scripts/protocol.mjs";
import { accepts, type Definitions } from "./net/wire";
import checks from "./protocol.received.generated.json?raw";
import schema from "./protocol.schema.json";
import types from "./protocol.ts?raw";

type WireFile = { message: string; why: string; data: unknown; only?: "python" };

const accepted = import.meta.glob<string>("../../tests/wire/accepted/*.json", {
  eager: true,
  import: "default",
  query: "?raw",
});
const refused = import.meta.glob<string>("../../tests/wire/refused/*.json", {
  eager: true,
  import: "default",
  query: "?raw",
});
const definitions = schema.$defs as unknown as Definitions;

const ajv = new Ajv2020({ strict: true, strictTuples: false, keywords: ["x-protocol-version"] });
ajv.addSchema({ ...schema, $id: "wire" });

function ajvAccepts({ message, data }: WireFile): boolean {
  const validate = ajv.getSchema(`wire#/$defs/${message}`);
  if (validate === undefined) throw new Error(`no message ${message}`);
  return validate(data) === true;
}

function forThePage(files: Record<string, string>): [string, WireFile][] {
  return Object.entries(files)
    .map(([path, text]): [string, WireFile] => [path, JSON.parse(text)])
    .filter(([, file]) => file.only !== "python");
}

test("protocol.ts and the page's checks are what the schema generates (run `make protocol`)", async () => {
  expect(await generated(schema)).toEqual({
    "protocol.ts": types,
    "protocol.received.generated.json": checks,
  });
});

describe("the wire files are read alike by ajv and by the page's own check", () => {
  test.each(forThePage(accepted))("accepted: %s", (_, file) => {
    expect([ajvAccepts(file), accepts(definitions, file.message, file.data)]).toEqual([true, true]);
  });

  test.each(forThePage(refused))("refused: %s", (_, file) => {
    expect([ajvAccepts(file), accepts(definitions, file.message, file.data)]).toEqual([false, false]);
  });
});
