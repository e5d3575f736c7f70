// The page as a whole: which of its faces is shown, by its address. Here and nowhere else things are put together.
import { useEffect, useState } from "preact/hooks";
import { CLOCK } from "./net/clock.ts";
import { firstPicture } from "./net/first-picture.ts";
import { type Pass, snapshot } from "./net/http.ts";
import { Session } from "./net/session.ts";
import { connect } from "./net/socket.ts";
import { Desk } from "./panels/desk.ts";
import { DoorPage, JoinPage } from "./panels/door.tsx";
import { FetchedPart } from "./panels/fetched-part.tsx";
import { RoomPage } from "./panels/room-page.tsx";
import { type JoinAnswer, PROTOCOL_VERSION } from "./protocol.ts";
import { addressOf, fragmentOf, STUDIES } from "./state/address.ts";
import { Room } from "./state/room.ts";
import { expose } from "./support.ts";
import { language } from "./words.ts";

export function App() {
  const [address, setAddress] = useState(() => addressOf(location.hash));
  /** What the door told, when this page itself came through it. */
  const [joined, setJoined] = useState<JoinAnswer | null>(null);
  useEffect(() => {
    const follow = () => setAddress(addressOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  // What is said is said anew in another language.
  const spoken = language.value;
  if (!isSecureContext) return <DoorPage key={spoken} door="insecure" />;
  if (address.kind === "none") return <DoorPage key={spoken} door="none" />;
  if (address.kind === "broken") return <DoorPage key={spoken} door="broken" />;
  if (address.kind === "invitation") {
    const { room, secret } = address;
    const key = `${room}.${secret}.${spoken}`;
    return <JoinPage key={key} room={room} secret={secret} joined={enter} />;
  }
  if (address.kind === "host") {
    return (
      <FetchedPart
        key={address.secret}
        fetch={signInPage}
        with={{ secret: address.secret, entered: toStudies }}
      />
    );
  }
  if (address.kind === "studies") {
    return <FetchedPart key={spoken} fetch={studiesPage} with={{ entered: open }} />;
  }
  const { room, grant } = address;
  const told = joined?.room === room && joined.grant === grant ? joined : null;
  return <Stay key={`${room}/${grant}`} room={room} grant={grant} joined={told} />;

  /** The secret leaves the address bar and the history; a reload and a copied tab find the room again. */
  function enter(answer: JoinAnswer): void {
    const { room, grant } = answer;
    history.replaceState(null, "", fragmentOf(room, grant));
    setJoined(answer);
    setAddress({ kind: "room", room, grant });
  }

  /** From the studies, to which one can go back. */
  function open(answer: JoinAnswer): void {
    history.pushState(null, "", STUDIES);
    enter(answer);
  }

  /** The secret leaves the address bar and the history. */
  function toStudies(): void {
    history.replaceState(null, "", STUDIES);
    setAddress({ kind: "studies" });
  }
}

const signInPage = async () => (await import("./panels/sign-in.tsx")).SignInPage;
const studiesPage = async () => (await import("./panels/studies.tsx")).StudiesPage;

function Stay(pass: Pass & { joined: JoinAnswer | null }) {
  const [desk, setDesk] = useState<Desk | null>(null);
  useEffect(() => {
    const opened = deskOf({ room: pass.room, grant: pass.grant }, pass.joined);
    const hide = expose(opened);
    setDesk(opened);
    return () => {
      hide();
      opened.close();
    };
  }, [pass.room, pass.grant]);
  return desk && <RoomPage key={language.value} desk={desk} />;
}

/** Everything is asked for at once: the first picture, the series, the socket. */
function deskOf(pass: Pass, joined: JoinAnswer | null): Desk {
  const state = new Room();
  state.admittedAs.value = joined?.role ?? null;
  const first = firstPicture(pass, joined?.first_picture ?? null);
  const hello = { protocol: PROTOCOL_VERSION, ...pass };
  const session = new Session(hello, { room: state, clock: CLOCK, connect, snapshot: () => snapshot(pass) });
  return new Desk(pass, state, session, first);
}
