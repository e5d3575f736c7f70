// The room as a page: the doctor's desk, the view of those who follow or the patient's by role, or why one cannot stay.
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { Role } from "../protocol.ts";
import { Notices } from "./banners.tsx";
import type { Desk } from "./desk.ts";
import { Dialogs } from "./dialogs.tsx";
import { DoorPage, doorOf, OpeningPage } from "./door.tsx";
import { FetchedPart } from "./fetched-part.tsx";
import { listenToKeys } from "./keyboard.ts";
import { LateMarkMenu } from "./late-mark-menu.tsx";
import { darkened } from "./light.ts";
import { PatientView } from "./patient.tsx";
import { keepAwake } from "./wake.ts";

const RELOADED = "readingroom-reloaded";

type View = ComponentType<{ desk: Desk }>;
const doctorDesk = async (): Promise<View> => (await import("./doctor.tsx")).DoctorDesk;
const observerView = async (): Promise<View> => (await import("./observer.tsx")).ObserverView;

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
  const dark = connection.value !== "ended" && role.value !== null && role.value !== "patient";
  useEffect(() => (dark ? darkened() : undefined), [dark]);

  if (connection.value === "ended") {
    const { code, message } = farewell.value ?? { code: "", message: "" };
    // Who was removed is let in by nothing he could press.
    const retry = code === "REMOVED" ? undefined : () => location.reload();
    return <DoorPage door={doorOf(code)} told={message} retry={retry} />;
  }
  if (role.value === null) return <OpeningPage />;
  return (
    <>
      {viewOf(desk, role.value)}
      <Notices desk={desk} />
      <LateMarkMenu desk={desk} />
      <Dialogs desk={desk} />
    </>
  );
}

/** Who works with pictures gets the desk, who only follows a view to follow in, a patient the plain one. */
function viewOf(desk: Desk, role: Role) {
  switch (role) {
    case "host":
    case "clinician":
      return <FetchedPart fetch={doctorDesk} with={{ desk }} />;
    case "observer":
      return <FetchedPart fetch={observerView} with={{ desk }} />;
    case "patient":
      return <PatientView desk={desk} />;
  }
}

/** A page of another version loads itself again, once; its place is in its address. */
function reloadOnce(): void {
  if (sessionStorage.getItem(RELOADED) !== null) return;
  sessionStorage.setItem(RELOADED, "1");
  location.reload();
}
