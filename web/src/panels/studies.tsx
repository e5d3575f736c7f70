// The studies page of a host who is signed in: dark and calm; to find, to bring in, to open.
import "./desk-icons.ts";
import "../styles/studies.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Refusal } from "../net/http.ts";
import { openRoom, signOut } from "../net/library.ts";
import type { JoinAnswer, StudyInfo } from "../protocol.ts";
import { words } from "../words.ts";
import { DoorPage, doorOf } from "./door.tsx";
import { Brand, Icon } from "./icons.tsx";
import { ImportZone } from "./import-zone.tsx";
import { LanguageChoice } from "./language.tsx";
import { Library } from "./library.ts";
import { darkened } from "./light.ts";
import { StudyRows } from "./study-rows.tsx";
import { StudySearch } from "./study-search.tsx";

const NAME = "readingroom-host-name";
const NAME_LIMIT = 60;

export function StudiesPage({ entered }: { entered: (answer: JoinAnswer) => void }) {
  const library = useMemo(() => new Library(null), []);
  const [name, setName] = useState(() => sessionStorage.getItem(NAME) ?? "");
  const [opening, setOpening] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [fresh, setFresh] = useState<readonly string[]>([]);
  const [signedOut, setSignedOut] = useState(false);
  const out = signedOut || library.trouble.value?.code === "NOT_SIGNED_IN";
  useEffect(() => {
    void library.ask();
    return () => library.close();
  }, [library]);
  useEffect(() => (out ? undefined : darkened()), [out]);

  async function open(studies: StudyInfo[]): Promise<void> {
    const [first] = studies;
    if (first === undefined || opening !== null) return;
    setOpening(first.study);
    setTrouble(null);
    const typed = name.trim();
    const called = typed === "" ? null : typed;
    try {
      const ids = studies.map(({ study }) => study);
      entered(await openRoom({ studies: ids, name: called, other_patient: false }));
    } catch (error) {
      if (error instanceof Refusal && error.code === "NOT_SIGNED_IN") setSignedOut(true);
      setTrouble(error instanceof Refusal ? error.message : String(error));
    }
    setOpening(null);
  }

  if (out) return <DoorPage door={doorOf("NOT_SIGNED_IN")} />;
  const found = library.found.value;
  return (
    <div class="studies-page">
      <header>
        <Brand />
        <label class="own-name">
          <span>{words.studies.name}</span>
          <input
            value={name}
            maxLength={NAME_LIMIT}
            autocomplete="name"
            onInput={(event) => {
              setName(event.currentTarget.value);
              sessionStorage.setItem(NAME, event.currentTarget.value);
            }}
          />
        </label>
        <LanguageChoice />
        <button
          type="button"
          class="with-icon"
          onClick={() =>
            void signOut().then(
              () => setSignedOut(true),
              (error) => setTrouble(String(error.message)),
            )
          }
        >
          <Icon name="signOut" />
          {words.studies.signOut}
        </button>
      </header>
      <main>
        <div class="studies-head">
          <h1>{words.studies.title}</h1>
          {found !== null && found.library > 0 && <p class="note">{words.studies.count(found.total)}</p>}
          <StudySearch library={library} />
        </div>
        <ImportZone
          limits={found?.limits ?? null}
          brought={(studies) => {
            setFresh(studies);
            library.search.value = "";
            void library.ask();
          }}
        />
        {trouble !== null && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        <StudyRows library={library} fresh={fresh} opening={opening} open={(studies) => void open(studies)} />
      </main>
      <footer>{words.notForDiagnosis}</footer>
    </div>
  );
}
