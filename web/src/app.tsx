// The page as a whole: which of its faces is shown, by its address. Here and nowhere else things are put together.
import { useEffect, useState } from "preact/hooks";
import { CLOCK } from "./net/clock.ts";
import { snapshot } from "./net/http.ts";
import { Session } from "./net/session.ts";
import { connect } from "./net/socket.ts";
import { Desk } from "./panels/desk.ts";
import { DoorPage, JoinPage } from "./panels/door.tsx";
import { RoomPage } from "./panels/room-page.tsx";
import { PROTOCOL_VERSION } from "./protocol.ts";
import { addressOf, fragmentOf } from "./state/address.ts";
import { Room } from "./state/room.ts";
import { expose } from "./support.ts";

export function App() {
  const [address, setAddress] = useState(() => addressOf(location.hash));
  useEffect(() => {
    const follow = () => setAddress(addressOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  if (!isSecureContext) return <DoorPage door="insecure" />;
  if (address.kind === "none") return <DoorPage door="none" />;
  if (address.kind === "broken") return <DoorPage door="broken" />;
  if (address.kind === "invitation") {
    const { room, secret } = address;
    const key = `${room}.${secret}`;
    return (
      <JoinPage key={key} room={room} secret={secret} joined={(answer) => enter(answer.room, answer.grant)} />
    );
  }
  return <Stay key={`${address.room}/${address.grant}`} room={address.room} grant={address.grant} />;

  /** The secret leaves the address bar and the history; a reload and a copied tab find the room again. */
  function enter(room: string, grant: string): void {
    history.replaceState(null, "", fragmentOf(room, grant));
    setAddress({ kind: "room", room, grant });
  }
}

function Stay(pass: { room: string; grant: string }) {
  const [desk, setDesk] = useState<Desk | null>(null);
  useEffect(() => {
    const opened = open(pass.room, pass.grant);
    const hide = expose(opened);
    setDesk(opened);
    return () => {
      hide();
      opened.close();
    };
  }, [pass.room, pass.grant]);
  return desk && <RoomPage desk={desk} />;
}

function open(room: string, grant: string): Desk {
  const pass = { room, grant };
  const state = new Room();
  const hello = { protocol: PROTOCOL_VERSION, room, grant };
  const session = new Session(hello, { room: state, clock: CLOCK, connect, snapshot: () => snapshot(pass) });
  return new Desk(pass, state, session);
}
