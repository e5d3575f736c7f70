// The help on keys and mouse, and how this screen shall behave; for those who work with both.
import type { Signal } from "@preact/signals";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Dialog } from "./dialogs.tsx";

export function HelpDialog({ desk }: { desk: Desk }) {
  if (!desk.help.value) return null;
  const close = () => {
    desk.help.value = false;
  };
  return (
    <Dialog title={words.help.title} closed={close}>
      <table>
        <tbody>
          {words.help.rows.map(([keys, does]) => (
            <tr key={keys}>
              <th scope="row">{keys}</th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Check text={words.help.single} on={desk.singleKeys} />
      <Check text={words.help.smoothed} on={desk.smoothed} />
      <div class="row">
        <button type="button" class="primary" onClick={close}>
          {words.help.close}
        </button>
      </div>
    </Dialog>
  );
}

function Check({ text, on }: { text: string; on: Signal<boolean> }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={on.value}
        onChange={(event) => {
          on.value = event.currentTarget.checked;
        }}
      />
      {text}
    </label>
  );
}
