// What arrives from the server is `unknown` until it is checked here against the protocol's own schema.
import type { Received } from "../protocol";
import definitions from "../protocol.received.generated.json";

/** The keywords pydantic writes for our messages; a test holds them against ajv. */
type Schema = {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  items?: Schema;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
};

export type Definitions = Record<string, Schema>;

/** The message if `value` is one; null if it is not. */
export function received<Name extends keyof Received>(name: Name, value: unknown): Received[Name] | null {
  return accepts(definitions.$defs as unknown as Definitions, name, value) ? (value as Received[Name]) : null;
}

/** Whether `value` is what the definition `name` says. */
export function accepts(schemas: Definitions, name: string, value: unknown): boolean {
  const schema = schemas[name];
  return schema !== undefined && fits(schemas, schema, value);
}

function fits(schemas: Definitions, schema: Schema, value: unknown): boolean {
  if (schema.$ref !== undefined) return accepts(schemas, schema.$ref.slice("#/$defs/".length), value);
  if (schema.anyOf !== undefined) return schema.anyOf.some((one) => fits(schemas, one, value));
  if (schema.oneOf !== undefined) return schema.oneOf.filter((one) => fits(schemas, one, value)).length === 1;
  if (schema.const !== undefined && value !== schema.const) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  switch (schema.type) {
    case "object":
      return isObject(value) && objectFits(schemas, schema, value);
    case "array":
      return Array.isArray(value) && arrayFits(schemas, schema, value);
    case "string":
      return typeof value === "string" && textFits(schema, value);
    case "integer":
      return Number.isInteger(value) && numberFits(schema, value as number);
    case "number":
      return Number.isFinite(value) && numberFits(schema, value as number);
    case "boolean":
      return typeof value === "boolean";
    case "null":
      return value === null;
    default:
      return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectFits(schemas: Definitions, schema: Schema, value: Record<string, unknown>): boolean {
  const fields = schema.properties ?? {};
  const others = schema.additionalProperties ?? true;
  if (!(schema.required ?? []).every((name) => Object.hasOwn(value, name))) return false;
  return Object.entries(value).every(([name, part]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field !== undefined) return fits(schemas, field, part);
    return typeof others === "boolean" ? others : fits(schemas, others, part);
  });
}

function arrayFits(schemas: Definitions, schema: Schema, value: unknown[]): boolean {
  if (value.length < (schema.minItems ?? 0)) return false;
  if (value.length > (schema.maxItems ?? Number.POSITIVE_INFINITY)) return false;
  return value.every((part, index) => {
    const one = schema.prefixItems?.[index] ?? schema.items;
    return one === undefined || fits(schemas, one, part);
  });
}

function textFits(schema: Schema, value: string): boolean {
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)) return false;
  if (schema.minLength === undefined && schema.maxLength === undefined) return true;
  const length = [...value].length;
  return length >= (schema.minLength ?? 0) && length <= (schema.maxLength ?? Number.POSITIVE_INFINITY);
}

function numberFits(schema: Schema, value: number): boolean {
  return (
    value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
    value <= (schema.maximum ?? Number.POSITIVE_INFINITY) &&
    value > (schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY)
  );
}
