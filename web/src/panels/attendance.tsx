// Says who comes and who goes to those who do not see it; not more than one sentence in a few seconds.
import { useEffect, useState } from "preact/hooks";
import { words } from "../words.ts";
import { comings, type Here } from "./comings.ts";
import type { Desk } from "./desk.ts";

const LOOK_MS = 4000;
/** More than so many names at once are a number. */
const NAMED = 3;

export function Attendance({ desk }: { desk: Desk }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    let before: Here | null = null;
    const looking = setInterval(() => {
      // Without a connection nobody is seen, and nobody has gone.
      if (desk.room.connection.peek() !== "live") return;
      const now = hereIn(desk);
      const { came, went } = before === null ? { came: [], went: [] } : comings(before, now);
      before = now;
      const told = [
        came.length > 0 && words.people.came(namesOf(came)),
        went.length > 0 && words.people.went(namesOf(went)),
      ];
      if (told.some(Boolean)) setSaid(told.filter(Boolean).join(" "));
    }, LOOK_MS);
    return () => clearInterval(looking);
  }, [desk]);
  return (
    <p class="unseen" role="status">
      {said}
    </p>
  );
}

function hereIn(desk: Desk): Here {
  const others = desk.room.people.peek().filter(({ me, standing }) => !me && standing.here);
  return new Map(others.map(({ principal, name }) => [principal, name]));
}

function namesOf(names: readonly string[]): string {
  return names.length > NAMED ? words.people.many(names.length) : names.join(", ");
}
