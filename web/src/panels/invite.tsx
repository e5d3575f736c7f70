// Inviting: a link and its QR code for one person, and the invitations that still wait, each to be revoked.
import "../styles/invite.css";
import { useEffect, useState } from "preact/hooks";
import { Refusal } from "../net/http.ts";
import { invitations, invite, revoke } from "../net/inviting.ts";
import type { InvitationInfo, InvitationMade, QrCode, Role } from "../protocol.ts";
import { words } from "../words.ts";
import { copied } from "./copying.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { Section } from "./section.tsx";

const ROLES: readonly Role[] = ["patient", "clinician", "observer", "host"];
const MINUTES = [15, 60, 240, 1440] as const;
const NAME_LIMIT = 60;
/** How often the list is asked for while it is seen: somebody may have come in. */
const LOOK_MS = 10_000;

export function Invite({ desk }: { desk: Desk }) {
  const [made, setMade] = useState<InvitationMade | null>(null);
  const [all, setAll] = useState<InvitationInfo[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  const open = all.filter(({ used }) => !used);
  const people = desk.room.document.value?.people.length ?? 0;

  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
      setTrouble(null);
    } catch (error) {
      setTrouble(error instanceof Refusal ? error.message : String(error));
    }
  };
  const look = () => attempt(async () => setAll((await invitations(desk.pass)).invitations));
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [desk, people]);

  return (
    <Section title={words.invite.title} note={open.length > 0 ? words.invite.note(open.length) : ""}>
      <div class="invite stacked">
        {made === null ? (
          <InviteForm
            make={(role, name, minutes) =>
              attempt(async () => {
                const expires_in_s = minutes * 60;
                setMade(await invite(desk.pass, { role, name: name === "" ? null : name, expires_in_s }));
                await look();
              })
            }
          />
        ) : (
          <MadeLink made={made} another={() => setMade(null)} />
        )}
        {trouble !== null && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        {open.length > 0 && (
          <>
            <h3 class="unseen">{words.invite.open}</h3>
            <ul class="things" aria-label={words.invite.open}>
              {open.map((one) => (
                <OpenInvitation
                  key={one.invitation}
                  invitation={one}
                  revoke={() =>
                    attempt(async () => {
                      await revoke(desk.pass, one.invitation);
                      if (made?.invitation.invitation === one.invitation) setMade(null);
                      await look();
                    })
                  }
                />
              ))}
            </ul>
          </>
        )}
      </div>
    </Section>
  );
}

type Make = (role: Role, name: string, minutes: number) => Promise<void>;

function InviteForm({ make }: { make: Make }) {
  const [role, setRole] = useState<Role>("patient");
  const [name, setName] = useState("");
  const [minutes, setMinutes] = useState<number>(MINUTES[0]);
  const [making, setMaking] = useState(false);
  return (
    <form
      class="stacked"
      onSubmit={(event) => {
        event.preventDefault();
        if (making) return;
        setMaking(true);
        void make(role, name.trim(), minutes).then(() => setMaking(false));
      }}
    >
      <label>
        {words.invite.role}
        <select value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {words.people[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.invite.name}
        <input
          value={name}
          maxLength={NAME_LIMIT}
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        {words.invite.expires}
        <select value={String(minutes)} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
          {MINUTES.map((one) => (
            <option key={one} value={String(one)}>
              {one < 60 ? words.invite.minutes(one) : words.invite.hours(one / 60)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="primary with-icon" disabled={making}>
        <Icon name="invite" />
        {making ? words.invite.making : words.invite.make}
      </button>
    </form>
  );
}

function MadeLink({ made, another }: { made: InvitationMade; another: () => void }) {
  const [said, setSaid] = useState("");
  const { link, qr } = made;
  return (
    <div class="made-link">
      <Qr code={qr} />
      <label>
        {words.invite.link}
        <input value={link} readOnly onFocus={(event) => event.currentTarget.select()} />
      </label>
      <p>{words.invite.once}</p>
      <button
        type="button"
        class="primary with-icon"
        onClick={async () => setSaid((await copied(link)) ? words.invite.copied : words.invite.notCopied)}
      >
        <Icon name="copy" />
        {words.invite.copy}
      </button>
      {"share" in navigator && (
        <button
          type="button"
          class="with-icon"
          // Whoever changes his mind has shared nothing, and that is no trouble.
          onClick={() => void navigator.share({ url: link }).catch(() => undefined)}
        >
          <Icon name="share" />
          {words.invite.share}
        </button>
      )}
      <p role="status">{said}</p>
      <button type="button" class="small" onClick={another}>
        {words.invite.another}
      </button>
    </div>
  );
}

function Qr({ code }: { code: QrCode }) {
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${code.size} ${code.size}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label={words.invite.qr}
    >
      <path d={code.path} fill="#000000" />
    </svg>
  );
}

function OpenInvitation(props: { invitation: InvitationInfo; revoke: () => Promise<void> }) {
  const { role, name, expires_in_s } = props.invitation;
  const who = name || words.people[role];
  return (
    <li class="invitation">
      <p>
        <b>{who}</b> {name !== "" && words.people[role]}
        <br />
        <span class="note">{words.invite.left(Math.ceil(expires_in_s / 60))}</span>
      </p>
      <button
        type="button"
        class="small"
        aria-label={words.invite.revokeOf(who)}
        onClick={() => void props.revoke()}
      >
        {words.invite.revoke}
      </button>
    </li>
  );
}
