// Starts the page.
import { render } from "preact";
import { App } from "./app.tsx";
import { preferred, speak } from "./words.ts";
import "./styles/base.css";
import "./styles/door.css";
import "./styles/room.css";
import "./styles/panes.css";
import "./styles/sides.css";
import "./styles/patient.css";

const page = document.getElementById("page");
if (page !== null) {
  await speak(preferred()).catch(() => undefined);
  render(<App />, page);
}
