// What must be said across the picture: connection, saving, looking alone, who asks; and short notices.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Notice, Someone } from "../state/room.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

const NOTICE_MS = 6000;

export function Banners({ desk }: { desk: Desk }) {
  const { room } = desk;
  const unsaved = room.unsaved.value;
  const connection = room.connection.value;
  const banners = useRef<HTMLDivElement>(null);
  useEffect(() => keepClear(banners.current), []);
  return (
    // One region that is there from the start: what appears in it is told aloud by every screen reader.
    <div class="banners" ref={banners} aria-live="polite">
      {connection === "reconnecting" && (
        <p class="banner warn">
          <span class="spinner" aria-hidden="true" />
          {words.banners.reconnecting}
        </p>
      )}
      {connection === "state lost" && <LossBanner desk={desk} />}
      {room.document.value?.ended && <EndedBanner desk={desk} />}
      {(unsaved > 0 || !room.saving.value) && (
        <p class="banner warn">
          {[
            room.saving.value ? "" : words.banners.notSaving,
            unsaved > 0 ? words.banners.unsaved(unsaved) : "",
          ].join(" ")}
        </p>
      )}
      <Saved waiting={unsaved > 0 || !room.saving.value} />
      {room.welcome.value?.weak_durability && <p class="banner quiet">{words.banners.weak}</p>}
      <AloneBanner desk={desk} />
      {room.people.value.map((person) => (
        <AskBanner key={person.principal} desk={desk} person={person} />
      ))}
    </div>
  );
}

/** For those who do not see the banner go: that what waited is saved now. */
function Saved({ waiting }: { waiting: boolean }) {
  const waited = useRef(false);
  if (waiting) waited.current = true;
  return <p class="unseen">{!waiting && waited.current && words.banners.saved}</p>;
}

/** What is gone, and the way on: a host's for everyone, else this page's own once the room does not stand still. */
function LossBanner({ desk }: { desk: Desk }) {
  const { lost, role } = desk.room;
  const { frozen, gone } = lost.value ?? { frozen: false, gone: [] };
  const host = role.value === "host";
  const list = gone.map(({ kind, count }) => words.banners.gone[kind](count)).join(", ");
  const text = [
    words.banners.stateLost,
    list && words.banners.isGone(list),
    frozen && !host && words.banners.frozen,
  ];
  return (
    <div class="banner danger" role="alert">
      <Icon name="warning" />
      <span>{text.filter(Boolean).join(" ")}</span>
      {(host || !frozen) && (
        <button type="button" onClick={() => (frozen ? void desk.session.goOn() : desk.session.acceptLoss())}>
          {words.banners.acceptLoss}
        </button>
      )}
    </div>
  );
}

function EndedBanner({ desk }: { desk: Desk }) {
  return (
    <div class="banner warn">
      <span>{words.ending.ended}</span>
      <button type="button" class="primary" onClick={() => desk.session.do({ kind: "room.reopen" })}>
        {words.ending.reopen}
      </button>
    </div>
  );
}

/** Tells the picture how much of its upper edge is covered, so that its letters stay in sight. */
function keepClear(banners: HTMLElement | null): (() => void) | undefined {
  if (banners === null) return undefined;
  const watch = new ResizeObserver(() => {
    const covered = banners.offsetHeight === 0 ? 0 : banners.offsetTop + banners.offsetHeight;
    banners.parentElement?.style.setProperty("--covered", `${covered}px`);
  });
  watch.observe(banners);
  return () => watch.disconnect();
}

function AloneBanner({ desk }: { desk: Desk }) {
  const { room } = desk;
  if (room.following.value || room.connection.value === "connecting") return null;
  const me = room.people.value.find((person) => person.me);
  return (
    <div class="banner alone">
      <Icon name="people" />
      <span>{words.alone.text}</span>
      <button type="button" class="primary" onClick={() => desk.back()}>
        {words.alone.back(room.leader.value?.name ?? null)}
      </button>
      {me?.asking && <span class="note">{words.lead.asked}</span>}
      {!me?.asking && room.role.value !== "observer" && (
        <button type="button" onClick={() => desk.showMine()}>
          {room.mayTakeLead.value ? words.alone.showMine : words.alone.askShowMine}
        </button>
      )}
    </div>
  );
}

/** For those who may give the lead: somebody asks for it. */
function AskBanner({ desk, person }: { desk: Desk; person: Someone }) {
  const { room } = desk;
  const [hidden, setHidden] = useState(false);
  useEffect(() => setHidden(false), [person.asking]);
  const mayGive = room.leads.value || room.role.value === "host";
  if (!person.asking || person.me || hidden || !mayGive) return null;
  return (
    <div class="banner ask">
      <Icon name="lead" />
      <span>{words.lead.askedBy(person.name)}</span>
      <button
        type="button"
        class="primary"
        onClick={() => desk.session.do({ kind: "lead.give", to: person.principal })}
      >
        {words.lead.give(person.name)}
      </button>
      <button type="button" onClick={() => setHidden(true)}>
        {words.lead.notNow}
      </button>
    </div>
  );
}

export function Notices({ desk }: { desk: Desk }) {
  return (
    <div class="notices" aria-live="polite">
      {desk.room.notices.value.map((notice) => (
        <NoticeRow key={notice.id} notice={notice} gone={() => desk.room.dismiss(notice.id)} />
      ))}
    </div>
  );
}

function NoticeRow({ notice, gone }: { notice: Notice; gone: () => void }) {
  useEffect(() => {
    const timer = setTimeout(gone, NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice.id]);
  return (
    <p class="notice">
      {notice.text}
      <button type="button" class="bare" aria-label={words.banners.close} onClick={gone}>
        <Icon name="close" />
      </button>
    </p>
  );
}
