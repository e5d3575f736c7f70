// Stands for the transports of Engine.IO that this page never chooses; see vite.config.ts.

class UnusedTransport {
  constructor() {
    throw new Error("This page speaks by WebSocket alone.");
  }
}

export { UnusedTransport as WT, UnusedTransport as XHR };
