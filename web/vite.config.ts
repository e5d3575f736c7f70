// How the page is built: into the Python package, in a form the server's strict content policy lets through.
import { defineConfig } from "vitest/config";

const UNUSED_TRANSPORT = new URL("src/net/unused-transport.ts", import.meta.url).pathname;
const SERVER = "http://127.0.0.1:8480";

export default defineConfig({
  base: "/",
  build: {
    outDir: "../server/readingroom/web",
    emptyOutDir: true,
    target: ["safari16.4", "firefox115", "chrome110"],
    // The policy allows no data: address and no inline script: every asset is a file, and nothing is polyfilled.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // The MIT notices of what the bundle contains travel with it.
    license: { fileName: "licenses.md" },
  },
  worker: { format: "es" },
  // The page speaks to the server by WebSocket alone: what Engine.IO has beside it stays out of the bundle.
  resolve: {
    alias: [{ find: /^\.\/(polling-xhr\.node|webtransport)\.js$/, replacement: UNUSED_TRANSPORT }],
  },
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
    // Styles are read as they are, by the test of their colors.
    css: true,
  },
});
