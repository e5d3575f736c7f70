// The library of a host: signing in and out, studies, what they look like, a room made of them.
import type { JoinAnswer, RoomRequest, SignedIn, SignedOut, StudyList } from "../protocol.ts";
import { asked, HOWEVER_LONG, jpeg, type Pass, posted, proof } from "./http.ts";

/** Who asks: a host by the room he is in, or whoever is signed in. */
export type Asker = Pass | null;

/** Not given up: a link that was used is of no use without the cookie in its answer. */
export function signIn(secret: string): Promise<SignedIn> {
  return asked("SignedIn", "/api/sign-in", posted({ secret }), HOWEVER_LONG);
}

export function signOut(): Promise<SignedOut> {
  return asked("SignedOut", "/api/sign-out", posted({}));
}

export type Wanted = { search: string; offset: number; limit: number };

export function studies(asker: Asker, { search, offset, limit }: Wanted): Promise<StudyList> {
  const query = new URLSearchParams({ search, offset: String(offset), limit: String(limit) });
  return asked("StudyList", `/api/studies?${query}`, { headers: proofOf(asker) });
}

export function studyThumbnail(asker: Asker, study: string, number: number): Promise<Blob> {
  return jpeg(`/api/studies/${study}/series/${number}/thumbnail`, proofOf(asker));
}

/** Not given up: its first picture is decoded before it answers, and its cookie comes with the answer. */
export function openRoom(request: RoomRequest): Promise<JoinAnswer> {
  return asked("JoinAnswer", "/api/rooms", posted(request), HOWEVER_LONG);
}

function proofOf(asker: Asker): Record<string, string> {
  return asker === null ? {} : { ...proof(asker), "X-ReadingRoom-Room": asker.room };
}
