export function generated(schema: unknown): Promise<Record<string, string>>;
