// How the page is built: into the Python package, in a form the server's strict content policy lets through.
import { defineConfig } from "vitest/config";

/** Our server speaks WebSocket only: the other ways of Engine.IO stay out of what a phone has to fetch. */
const webSocketOnly = {
  name: "web-socket-only",
  load: (id: string) =>
    id.endsWith("/engine.io-client/build/esm/transports/index.js")
      ? 'import { WS } from "./websocket.js"; export const transports = { websocket: WS };'
      : null,
};

/** What is fetched when it is first shown or first used; all the rest comes in one piece. */
const LATER = {
  panels: ["doctor", "toolbar", "layouts", "menu", "marks-list", "ending", "dialogs"].concat([
    "conversation",
    "key-images",
    "questions",
    "section",
    "series",
  ]),
  stage: ["many-tiles", "range-prefetch", "stack-preview", "tile-records", "tile-stream", "frame-runs"],
  styles: ["doctor"],
};

function comesLater(id: string): boolean {
  const [, folder, name] = /\/src\/(panels|stage|styles)\/([\w-]+)\.\w+$/.exec(id) ?? [];
  return (LATER as Record<string, string[]>)[folder ?? ""]?.includes(name ?? "") ?? false;
}

const SERVER = "http://127.0.0.1:8480";

export default defineConfig({
  base: "/",
  plugins: [webSocketOnly],
  build: {
    outDir: "../server/readingroom/web",
    emptyOutDir: true,
    target: ["safari16.4", "firefox115", "chrome110"],
    // The policy allows no data: address and no inline script: every asset is a file, and nothing is polyfilled.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "page", test: (id: string) => !comesLater(id) }],
        },
      },
    },
    // The MIT notices of what the bundle contains travel with it.
    license: { fileName: "licenses.md" },
  },
  worker: { format: "es" },
  // `npm run dev` beside a running `readingroom demo`: pages from here, everything else from the server.
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      "/api": SERVER,
      "/socket.io": { target: SERVER, ws: true },
    },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
