// The little of Node that the people of the chaos runs need; the page itself must never see it.
declare const process: {
  hrtime: { bigint(): bigint };
  stdin: unknown;
  stdout: { write(text: string): void };
  exit(code: number): never;
};

declare module "node:readline" {
  export function createInterface(of: { input: unknown }): AsyncIterable<string>;
}

declare module "node:http" {
  type Response = {
    statusCode: number;
    setEncoding(encoding: string): void;
    on(event: "data", take: (text: string) => void): void;
    on(event: "end" | "aborted", done: () => void): void;
    on(event: "error", failed: (error: Error) => void): void;
  };
  type Request = {
    on(event: "error", failed: (error: Error) => void): void;
    destroy(error: Error): void;
  };
  export function get(
    url: string,
    options: { agent: false; headers: Record<string, string>; signal: AbortSignal },
    answered: (response: Response) => void,
  ): Request;
}
