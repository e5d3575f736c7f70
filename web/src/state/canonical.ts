// One value, one spelling: RFC 8785 without nulls, as the server hashes the parts of a room.

/** The canonical text of a JSON value; what is null or undefined in an object is left out. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
  // Sorted by UTF-16 code units, which is how JavaScript compares texts and what RFC 8785 3.2.3 asks for.
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join(",")}}`;
}
