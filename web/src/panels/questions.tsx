// Questions that people have pinned on pictures: those to be answered first.
import type { Annotation, Pin } from "../protocol.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Section, Thing, Things } from "./section.tsx";

type Question = Annotation & { mark: { shape: Pin } };

function isQuestion(mark: Annotation): mark is Question {
  return !mark.deleted && !mark.hidden && mark.mark?.shape.kind === "pin";
}

export function Questions({ desk }: { desk: Desk }) {
  const document = desk.room.document.value;
  const questions = (document?.annotations ?? []).filter(isQuestion);
  const open = questions.filter(({ answered }) => !answered).length;
  const inOrder = [...questions].sort(
    (a, b) => Number(a.answered) - Number(b.answered) || a.revision - b.revision,
  );
  return (
    <Section title={words.questions.list} note={open > 0 ? words.questions.open(open) : ""}>
      <Things known={document !== null} icon="pin" none={words.questions.none}>
        {inOrder.map((question) => (
          <QuestionRow key={question.id} desk={desk} question={question} />
        ))}
      </Things>
    </Section>
  );
}

function QuestionRow({ desk, question }: { desk: Desk; question: Question }) {
  const { id, by, answered, mark } = question;
  const { room, session } = desk;
  const name = room.document.value?.people.find(({ principal }) => principal === by)?.name ?? "";
  const answers = room.role.value === "host" || room.role.value === "clinician";
  return (
    <Thing by={name} text={mark.shape.text} done={answered}>
      {!answers && answered && <span class="note">{words.questions.answered}</span>}
      <button type="button" class="small" onClick={() => show(desk, question)}>
        {words.questions.show}
      </button>
      {answers && (
        <button
          type="button"
          class="small"
          onClick={() => session.do({ kind: "question.answer", id, answered: !answered })}
        >
          {answered ? words.questions.reopen : words.questions.answered}
        </button>
      )}
    </Thing>
  );
}

function show(desk: Desk, { mark }: Question): void {
  const { series, stack, shape } = mark as Annotation["mark"] & { shape: Pin };
  desk.lookAt({ shown: { series, stack, mode: "stack" }, place: shape.at });
}
