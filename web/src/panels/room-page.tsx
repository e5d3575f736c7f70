// The room as a page: the doctor's desk or the patient's view by role, or why one cannot stay.
import { useEffect } from "preact/hooks";
import type { Role } from "../protocol.ts";
import { words } from "../words.ts";
import { Notices } from "./banners.tsx";
import type { Desk } from "./desk.ts";
import { DoorPage, doorOf } from "./door.tsx";
import { Brand } from "./icons.tsx";
import { listenToKeys } from "./keyboard.ts";
import { later } from "./later.tsx";
import { PatientView } from "./patient.tsx";
import { keepAwake } from "./wake.ts";

const Dialogs = later(async () => (await import("./dialogs.tsx")).Dialogs);
const DoctorDesk = later(async () => (await import("./doctor.tsx")).DoctorDesk);

const RELOADED = "readingroom-reloaded";

export function RoomPage({ desk }: { desk: Desk }) {
  const { connection, farewell, role } = desk.room;
  useEffect(() => listenToKeys(desk), [desk]);
  useEffect(keepAwake, []);
  const outdated = farewell.value?.code === "OLD_PROTOCOL";
  useEffect(() => {
    if (outdated) reloadOnce();
  }, [outdated]);
  useEffect(() => {
    if (connection.value === "live") sessionStorage.removeItem(RELOADED);
  }, [connection.value]);

  if (connection.value === "ended") {
    const { code, message } = farewell.value ?? { code: "", message: "" };
    // Who was removed is let in by nothing he could press.
    const retry = code === "REMOVED" ? undefined : () => location.reload();
    return <DoorPage door={doorOf(code)} told={message} retry={retry} />;
  }
  if (role.value === null) {
    return (
      <main class="door">
        <Brand />
        <p class="pulse" role="status">
          {words.room.opening}
        </p>
      </main>
    );
  }
  return (
    <>
      {atTheDesk(role.value) ? <DoctorDesk desk={desk} /> : <PatientView desk={desk} />}
      <Notices desk={desk} />
      {(desk.marking.asking.value !== null || desk.help.value) && <Dialogs desk={desk} />}
    </>
  );
}

/** Who works with pictures gets the desk, everybody else the plain view. */
function atTheDesk(role: Role): boolean {
  return role === "host" || role === "clinician";
}

/** A page of another version loads itself again, once; its place is in its address. */
function reloadOnce(): void {
  if (sessionStorage.getItem(RELOADED) !== null) return;
  sessionStorage.setItem(RELOADED, "1");
  location.reload();
}
