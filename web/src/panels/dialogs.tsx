// What opens above the page: the words of a text mark.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";

export function Dialogs({ desk }: { desk: Desk }) {
  const asking = desk.marking.asking.value;
  return (
    asking && (
      <TextDialog answer={asking} question={desk.marking.question.value} before={desk.marking.typed.value} />
    )
  );
}

export function Dialog(props: { title: string; closed: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // Closing gives the focus back; a dialog that is merely removed would drop it.
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-label={props.title} onClose={props.closed}>
      <h2>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

function TextDialog(props: { answer: (typed: string | null) => void; question: boolean; before: string }) {
  const { answer, question } = props;
  const [typed, setTyped] = useState(props.before);
  const text = typed.trim();
  return (
    <Dialog title={question ? words.questions.title : words.text.title} closed={() => answer(null)}>
      <form
        class="stacked"
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== "") answer(text);
        }}
      >
        <label for="mark-text">{question ? words.questions.label : words.text.label}</label>
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
            {question ? words.questions.ask : words.text.place}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
