// The page's address: `#room.secret` is an invitation, `#room/grant` a place in a room, `#host.secret` signs in and
// `#studies` is where one is then; anything else is none of them.
export type Address =
  | { kind: "invitation"; room: string; secret: string }
  | { kind: "room"; room: string; grant: string }
  | { kind: "host"; secret: string }
  | { kind: "studies" }
  | { kind: "broken" }
  | { kind: "none" };

const INVITATION = /^#([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})$/;
/** No room is called so: their names are longer. */
const HOST = "host";
export const STUDIES = "#studies";
const ROOM = /^#([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9_-]{1,64})$/;

export function addressOf(fragment: string): Address {
  if (fragment === "" || fragment === "#") return { kind: "none" };
  if (fragment === STUDIES) return { kind: "studies" };
  const [, invited, secret] = INVITATION.exec(fragment) ?? [];
  if (invited === HOST && secret !== undefined) return { kind: "host", secret };
  if (invited !== undefined && secret !== undefined) return { kind: "invitation", room: invited, secret };
  const [, room, grant] = ROOM.exec(fragment) ?? [];
  if (room !== undefined && grant !== undefined) return { kind: "room", room, grant };
  return { kind: "broken" };
}

export function fragmentOf(room: string, grant: string): string {
  return `#${room}/${grant}`;
}
