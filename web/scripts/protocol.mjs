// Makes protocol.ts and protocol.received.generated.json from protocol.schema.json. `make protocol` runs it; the tests compare.
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { compile } from "json-schema-to-typescript";

const SOURCE = new URL("../src/", import.meta.url);

/** What the server says to the page, checked on arrival. The rest is checked by the server. */
const RECEIVED = [
  "Welcome",
  "SyncTail",
  "SyncSnapshot",
  "SyncLost",
  "OpAccepted",
  "Refused",
  "Entries",
  "Snapshot",
  "ViewAccepted",
  "ViewChange",
  "StateHash",
  "PresenceFrame",
  "StoreState",
  "Farewell",
  "JoinAnswer",
  "SeriesIndex",
  "PlaneGeometry",
  "SignedIn",
  "SignedOut",
  "StudyList",
  "ImportEvent",
  "InvitationMade",
  "InvitationList",
  "InvitationRevoked",
  "HttpError",
];

/** Unions that pydantic does not name. */
const ALIASES = {
  Place: 'Pointer["place"]',
  Shape: 'Mark["shape"]',
  Command: 'Op["command"]',
  LogCommand: 'LogEntry["command"]',
  Role: 'Welcome["role"]',
  Layout: 'Snapshot["layout"]',
  SyncAnswer: "SyncTail | SyncSnapshot | SyncLost",
};

/** The schema with `change` done to every schema in it; names of fields are no keywords. */
function rewritten(node, change) {
  if (Array.isArray(node)) return node.map((part) => rewritten(part, change));
  if (node === null || typeof node !== "object") return node;
  const parts = Object.entries(node).map(([keyword, value]) => {
    const named = keyword === "properties" || keyword === "$defs";
    return [keyword, named ? mapped(value, change) : rewritten(value, change)];
  });
  return change(Object.fromEntries(parts));
}

function mapped(schemas, change) {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, rewritten(schema, change)]),
  );
}

/** json-schema-to-typescript reads tuples in the older spelling. */
function olderTuples({ prefixItems, ...rest }) {
  return prefixItems === undefined ? rest : { ...rest, items: prefixItems, additionalItems: false };
}

function withoutWords({ default: _default, description: _description, ...rest }) {
  return rest;
}

async function types(schema) {
  const body = await compile(rewritten(schema, olderTuples), "Message", {
    additionalProperties: false,
    bannerComment: "",
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { printWidth: 110 },
  });
  const version = `export const PROTOCOL_VERSION = ${schema["x-protocol-version"]};`;
  const aliases = Object.entries(ALIASES).map(([name, meaning]) => `export type ${name} = ${meaning};`);
  const received = RECEIVED.map((name) => `  ${name}: ${name};`);
  return [
    "// Generated from server/readingroom/protocol/ by `make protocol`; do not edit.",
    version,
    body.trim(),
    aliases.join("\n"),
    `/** What the server says to the page, by name. */\nexport interface Received {\n${received.join("\n")}\n}\n`,
  ].join("\n\n");
}

/** The definitions of what is received, and of what they hold: the page carries no others. */
function checks(schema) {
  const kept = {};
  const keep = (name) => {
    if (name in kept) return;
    kept[name] = rewritten(schema.$defs[name], withoutWords);
    for (const [, inner] of JSON.stringify(kept[name]).matchAll(/"#\/\$defs\/(\w+)"/g)) keep(inner);
  };
  for (const name of RECEIVED) keep(name);
  return `${JSON.stringify({ $defs: kept })}\n`;
}

/** The generated files of a schema, by name. */
export async function generated(schema) {
  return { "protocol.ts": await types(schema), "protocol.received.generated.json": checks(schema) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const schema = JSON.parse(await readFile(new URL("protocol.schema.json", SOURCE), "utf8"));
  for (const [name, text] of Object.entries(await generated(schema))) {
    await writeFile(new URL(name, SOURCE), text);
  }
}
