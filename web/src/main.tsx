// Starts the page.
import { render } from "preact";
import { App } from "./app.tsx";
import { preferred, speak } from "./words.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/door.css";
import "./styles/room.css";
import "./styles/panes.css";
import "./styles/people.css";
import "./styles/sides.css";
import "./styles/patient.css";

const page = document.getElementById("page");
if (page !== null) void begin(page);

/** No `await` outside of a function: parts that are fetched later would drag half of this file's into one of their own. */
async function begin(page: HTMLElement): Promise<void> {
  await speak(preferred()).catch(() => undefined);
  render(<App />, page);
}
