// Signing in by a host link: the page does it at once, and says why when it cannot.
import { useEffect, useState } from "preact/hooks";
import { Refusal } from "../net/http.ts";
import { signIn } from "../net/library.ts";
import { DoorPage, doorOf, OpeningPage } from "./door.tsx";

export function SignInPage({ secret, entered }: { secret: string; entered: () => void }) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let wanted = true;
    signIn(secret).then(
      () => wanted && entered(),
      (error: unknown) => {
        if (wanted) setRefusal(error instanceof Refusal ? error : new Refusal("INTERNAL", String(error)));
      },
    );
    return () => {
      wanted = false;
    };
  }, [secret, tries]);
  if (refusal === null) return <OpeningPage />;
  const door = doorOf(refusal.code);
  const again = () => {
    setRefusal(null);
    setTries(tries + 1);
  };
  return <DoorPage door={door} told={refusal.message} retry={door === "other" ? again : undefined} />;
}
