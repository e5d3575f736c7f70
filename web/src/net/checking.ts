// Whether this page has what the server has: hashes of both are compared whenever both are of one revision.
import type { StateHash } from "../protocol.ts";
import type { Room } from "../state/room.ts";
import { documentHash, viewHash } from "../state/state-hash.ts";

export class Checking {
  constructor(
    private readonly room: Room,
    /** This page is wrong: what it has is to be replaced. */
    private readonly replace: () => void,
    /** This page lacks something: the server tells everything else before its hashes. */
    private readonly behind: () => void,
  ) {}

  async check(told: StateHash): Promise<void> {
    if (!("subtle" in crypto)) return; // a page by plain http from another machine: browsers give it no hashes
    const { connection, document, shared, divergences } = this.room;
    const [mine, view] = [document.value, shared.value];
    if (connection.value !== "live" || mine === null) return;
    if (told.revision > mine.revision || told.view_revision > view.latest.viewRevision) this.behind();
    if (mine.revision !== told.revision) return;
    const sameView = view.latest.viewRevision === told.view_revision;
    const right =
      (await documentHash(mine)) === told.document && (!sameView || (await viewHash(view)) === told.view);
    if (right) return;
    divergences.value += 1;
    this.replace();
  }
}
