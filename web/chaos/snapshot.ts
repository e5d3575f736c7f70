// The snapshot by HTTP, as the page fetches it, from Node: each on a connection of its own.
import { get } from "node:http";
import { received } from "../src/net/wire.ts";
import type { Snapshot } from "../src/protocol.ts";
import type { Pass } from "./seat.ts";

const WITHIN_MS = 5000;

export function snapshot({ url, room, grant, cookie }: Pass): Promise<Snapshot> {
  const headers = { Cookie: cookie, "X-ReadingRoom-Grant": grant };
  const signal = AbortSignal.timeout(WITHIN_MS);
  return new Promise((resolve, reject) => {
    get(`${url}/api/rooms/${room}/snapshot`, { agent: false, headers, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (more) => {
        text += more;
      });
      response.on("error", reject);
      response.on("aborted", () => reject(new Error("cut")));
      response.on("end", () => {
        const found = response.statusCode === 200 ? received("Snapshot", JSON.parse(text)) : null;
        if (found !== null) resolve(found);
        else reject(new Error(`${response.statusCode} ${text}`));
      });
    }).on("error", reject);
  });
}
