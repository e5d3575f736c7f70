// A host takes a series out of the room, once he has said that he means it.
import { useState } from "preact/hooks";
import type { SeriesInfo } from "../protocol.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

export function CloseSeries({ desk, series, name }: { desk: Desk; series: SeriesInfo; name: string }) {
  const [sure, setSure] = useState(false);
  if (!sure) {
    return (
      <button
        type="button"
        class="sign close-series"
        aria-label={words.addPictures.remove(name)}
        title={words.addPictures.remove(name)}
        onClick={() => setSure(true)}
      >
        <Icon name="close" />
      </button>
    );
  }
  return (
    <div role="alert" class="close-series stacked">
      <p>{words.addPictures.removeSure}</p>
      <div class="row">
        <button type="button" class="small" onClick={() => setSure(false)}>
          {words.addPictures.cancel}
        </button>
        <button
          type="button"
          class="small danger"
          onClick={() => desk.session.do({ kind: "series.close", series: series.series })}
        >
          {words.addPictures.removeYes}
        </button>
      </div>
    </div>
  );
}
