// A series of the library as a small picture, fetched when it comes into sight; few are asked for at a time, since the
// server decodes what nobody has looked at yet.
import { useEffect, useRef, useState } from "preact/hooks";
import { Refusal } from "../net/http.ts";
import { type Asker, studyThumbnail } from "../net/library.ts";

const AT_ONCE = 2;
const AGAIN_MS = 600;
const TRIES = 30;

type Turn = () => Promise<void>;
const waiting: Turn[] = [];
let running = 0;

/** In turn. What it returns takes the turn back. */
function queue(turn: Turn): () => void {
  waiting.push(turn);
  next();
  return () => {
    const place = waiting.indexOf(turn);
    if (place >= 0) waiting.splice(place, 1);
  };
}

function next(): void {
  if (running >= AT_ONCE) return;
  const turn = waiting.shift();
  if (turn === undefined) return;
  running += 1;
  void turn().finally(() => {
    running -= 1;
    next();
  });
}

export function StudyThumbnail(props: { asker: Asker; study: string; number: number | null }) {
  const { asker, study, number } = props;
  const place = useRef<HTMLSpanElement>(null);
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const shown = place.current;
    if (shown === null || number === null) return undefined;
    let gone = false;
    let made: string | null = null;
    let leave = () => {};
    let again = 0;
    const ask = (tries: number) => {
      leave = queue(async () => {
        try {
          const picture = await studyThumbnail(asker, study, number);
          if (gone) return;
          made = URL.createObjectURL(picture);
          setAddress(made);
        } catch (error) {
          const soon = error instanceof Refusal && ["SLICE_NOT_READY", "TOO_FAST"].includes(error.code);
          if (soon && !gone && tries > 1) again = setTimeout(() => ask(tries - 1), AGAIN_MS);
        }
      });
    };
    const sight = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      sight.disconnect();
      ask(TRIES);
    });
    sight.observe(shown);
    return () => {
      gone = true;
      sight.disconnect();
      clearTimeout(again);
      leave();
      if (made !== null) URL.revokeObjectURL(made);
      setAddress(null);
    };
  }, [asker, study, number]);
  return (
    <span class="thumbnail" ref={place}>
      {address !== null && <img src={address} alt="" />}
    </span>
  );
}
