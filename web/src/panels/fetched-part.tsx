// Parts of the page that only some people need, fetched when they do.
import { type ComponentType, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { DoorPage, OpeningPage } from "./door.tsx";

type Fetched<Props> = ComponentType<Props> | "coming" | "unreachable";

/** `fetch` must be the same function each time the part stays the same. */
export function FetchedPart<Props extends object>(props: {
  fetch: () => Promise<ComponentType<Props>>;
  with: Props;
}) {
  const { fetch } = props;
  const [part, setPart] = useState<Fetched<Props>>("coming");
  useEffect(() => {
    let wanted = true;
    setPart("coming");
    fetch().then(
      (fetched) => wanted && setPart(() => fetched),
      () => wanted && setPart("unreachable"),
    );
    return () => {
      wanted = false;
    };
  }, [fetch]);
  if (part === "coming") return <OpeningPage />;
  if (part === "unreachable") return <DoorPage door="unreachable" retry={() => location.reload()} />;
  return h(part, props.with);
}
