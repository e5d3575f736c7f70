// Invitations to the room of a host: made, seen, revoked.
import type { InvitationList, InvitationMade, InvitationRequest, InvitationRevoked } from "../protocol.ts";
import { asked, type Pass, posted, proof } from "./http.ts";

export function invite(pass: Pass, request: InvitationRequest): Promise<InvitationMade> {
  return asked("InvitationMade", address(pass), posted(request, proof(pass)));
}

export function invitations(pass: Pass): Promise<InvitationList> {
  return asked("InvitationList", address(pass), { headers: proof(pass) });
}

export function revoke(pass: Pass, invitation: string): Promise<InvitationRevoked> {
  const headers = { ...proof(pass), "X-ReadingRoom": "1" };
  return asked("InvitationRevoked", `${address(pass)}/${invitation}`, { method: "DELETE", headers });
}

function address(pass: Pass): string {
  return `/api/rooms/${pass.room}/invitations`;
}
