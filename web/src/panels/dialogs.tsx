// What opens above the page: the words of a text mark, and the help on keys.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Desk } from "./desk.ts";
import { words } from "./words.ts";

export function Dialogs({ desk }: { desk: Desk }) {
  const asking = desk.asking.value;
  return (
    <>
      {asking !== null && <TextDialog answer={asking} />}
      {desk.help.value && <HelpDialog desk={desk} />}
    </>
  );
}

function Dialog(props: { title: string; closed: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label={props.title} onClose={props.closed}>
      <h2>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

function TextDialog({ answer }: { answer: (typed: string | null) => void }) {
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  return (
    <Dialog title={words.text.title} closed={() => answer(null)}>
      <form
        class="stacked"
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== "") answer(text);
        }}
      >
        <label for="mark-text">{words.text.label}</label>
        <input
          id="mark-text"
          maxLength={500}
          autocomplete="off"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <div class="row">
          <button type="button" onClick={() => answer(null)}>
            {words.text.cancel}
          </button>
          <button type="submit" class="primary" disabled={text === ""}>
            {words.text.place}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function HelpDialog({ desk }: { desk: Desk }) {
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
      <label class="check">
        <input
          type="checkbox"
          checked={desk.singleKeys.value}
          onChange={(event) => {
            desk.singleKeys.value = event.currentTarget.checked;
          }}
        />
        {words.help.single}
      </label>
      <div class="row">
        <button type="button" class="primary" onClick={close}>
          {words.help.close}
        </button>
      </div>
    </Dialog>
  );
}
