// What people write to each other in the room.
import { useEffect, useRef, useState } from "preact/hooks";
import { colorOf } from "../state/colors.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Nothing, Opening, Section } from "./section.tsx";

const TYPING_MS = 3000;

export function Conversation({ desk }: { desk: Desk }) {
  const { room } = desk;
  const document = room.document.value;
  const chat = document?.chat ?? [];
  const last = chat.at(-1)?.revision ?? 0;
  const unread = desk.unread.value;
  const read = () => {
    desk.readUpTo.value = last;
  };
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last]);
  return (
    <Section
      title={words.chat.title}
      note={unread > 0 ? words.chat.unread(unread) : ""}
      opened={read}
      watching={read}
      watched={last}
    >
      {document === null && <Opening />}
      {document !== null && chat.length === 0 && <Nothing icon="messages" text={words.chat.none} />}
      <ul class="chat" ref={list} aria-live="polite">
        {chat.map(({ revision, by, text }) => (
          <li key={revision}>
            <span
              class="dot"
              style={{ backgroundColor: colorOf(document?.people ?? [], by) }}
              aria-hidden="true"
            />{" "}
            <b>{document?.people.find(({ principal }) => principal === by)?.name ?? ""}</b> {text}
          </li>
        ))}
      </ul>
      {room.role.value !== "observer" && <Say desk={desk} />}
    </Section>
  );
}

function Say({ desk }: { desk: Desk }) {
  const [typed, setTyped] = useState("");
  const quiet = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const text = typed.trim();
  function typing(on: boolean): void {
    clearTimeout(quiet.current);
    desk.session.tell({ typing: on });
    if (on) quiet.current = setTimeout(() => desk.session.tell({ typing: false }), TYPING_MS);
  }
  useEffect(() => () => clearTimeout(quiet.current), []);
  return (
    <form
      class="say"
      onSubmit={(event) => {
        event.preventDefault();
        if (text === "") return;
        if (!desk.session.do({ kind: "chat.say", text })) {
          desk.room.notify(words.banners.full);
          return;
        }
        setTyped("");
        typing(false);
      }}
    >
      <input
        aria-label={words.chat.label}
        placeholder={words.chat.label}
        maxLength={500}
        autocomplete="off"
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          typing(true);
        }}
      />
      <button type="submit" class="small" disabled={text === ""}>
        {words.chat.send}
      </button>
    </form>
  );
}
