/**
 * The one way in which an enrollment changes: who speaks is admitted, its unit of work is loaded, what has come is applied,
 * what follows is derived, and the difference of the rows is written.
 */
import {
  type Decision,
  decodedTransaction,
  type EnrollmentRow,
  Late,
  type LateDecision,
  type Lookups,
  type Seen,
  type Transaction,
  transaction,
} from "../../store/index.ts";
import { admissionLookups, admit, type NotAdmitted, notAdmitted } from "./admit.ts";
import { bodyLookup } from "./bodies.ts";
import type { Admission, Caller } from "./caller.ts";
import { derivation } from "./derive.ts";
import { heedAdmin } from "./heed.ts";
import { heedMoment } from "./moment.ts";
import { enrollmentLookups } from "./rows.ts";
import { type Moment, UnitOfWork } from "./unit-of-work.ts";

/**
 * Applies what has come to the unit: rows are changed, the job's news are noted; nothing that follows from it is done here.
 * `derive`: derives what follows so far, where the rest depends on that. A function as the result is called once
 * everything is derived; what it says may wait for rows that only it names.
 */
type Apply<Input, Result, Rows> = (unit: UnitOfWork, input: Input, rows: Rows, derive: () => void) => Applied<Result>;
type Applied<Result> = Result | (() => Result | Late<Result>);

type Bodies = { readonly bodies: typeof bodyLookup };
type MessageBase = ReturnType<typeof admissionLookups> & typeof enrollmentLookups & Bodies;

/** Where bytes of messages are stored: looked up where some will be kept. */
const bodiesIf = (keeps: boolean): Bodies => ({ bodies: { ...bodyLookup, ...(keeps ? {} : { limit: 0 }) } });

interface Message<Input extends Caller, Result, L extends Lookups> {
  readonly name: string;
  /** What it looks up, beside the enrollment. */
  readonly reads: (input: Input) => L;
  /** The device is here, and needs no push. */
  readonly hears?: true;
  /** Bytes of the message are kept. */
  readonly keeps: (input: Input) => boolean;
  /** What is answered to it whoever asks. */
  readonly aside?: (input: Input) => Result | undefined;
  /** Who may speak, where that is not said by `admit` alone. */
  readonly admits?: (input: Input, rows: Seen<MessageBase & L>) => Admission;
  readonly apply: Apply<Input, Result, Seen<MessageBase & L>>;
}

/** What becomes of a message that was not admitted, where that is more, or is said otherwise, than by `NotAdmitted`. */
type Refused<Input, Result, L extends Lookups> = (
  refusal: Decision<NotAdmitted>,
  input: Input,
  rows: Seen<MessageBase & L>,
) => Decision<Result>;
type MayRefuse<Input, Result, L extends Lookups> = NotAdmitted extends Result
  ? { readonly refused?: Refused<Input, Result, L> }
  : { readonly refused: Refused<Input, Result, L> };

/** A transaction that a message of a device asks for, which is admitted first. */
export function fromDevice<Input extends Caller, Result, const L extends Lookups>(
  parts: Message<Input, Result, L> & MayRefuse<Input, Result, L>,
): Transaction<Input, Result, MessageBase & L> {
  return fromDeviceDecoded((input: Input) => input, parts);
}

/** The same for a message that has to be read first. */
export function fromDeviceDecoded<Raw, Input extends Caller, Result, const L extends Lookups>(
  decode: (raw: Raw) => Input,
  parts: Message<Input, Result, L> & MayRefuse<Input, Result, L>,
): Transaction<Raw, Result, MessageBase & L, Input> {
  const { name, reads, hears, keeps, aside, admits = admit, apply } = parts;
  // Without one, the type has it that what `notAdmitted` says is a result.
  const refused: Refused<Input, Result, L> = parts.refused ?? ((refusal) => refusal as Decision<never>);
  return decodedTransaction(decode, {
    name,
    reads: (input: Input): MessageBase & L => ({
      ...admissionLookups(input),
      ...enrollmentLookups,
      ...bodiesIf(keeps(input)),
      ...reads(input),
    }),
    decide(input: Input, rows: Seen<MessageBase & L>): Decision<Result> | LateDecision<Result> {
      const answer = aside?.(input);
      if (answer !== undefined) return { writes: [], result: answer };
      const admission = admits(input, rows);
      if (admission.kind !== "known") return refused(notAdmitted(admission), input, rows);
      const unit = new UnitOfWork(admission.enrollment, keeps(input) ? rows : { ...rows, bodies: undefined }, input);
      unit.also(...admission.writes);
      if (hears === true) unit.heard();
      return carryOut(unit, (derive) => {
        const { lastSeenAt } = unit.enrollment;
        unit.isHeard();
        heedAdmin(unit);
        heedMoment(unit, lastSeenAt);
        derive();
        return apply(unit, input, rows, derive);
      });
    },
  });
}

interface Own<Input, Result, L extends Lookups>
  extends Pick<Transaction<Input, Result>, "name" | "changes" | "patient"> {
  /** What it looks up: the enrollment as `enrollment`, and what is its own. */
  readonly reads: (input: Input) => L;
  readonly keeps?: true;
  /** What there is to say where there is no such enrollment. */
  readonly none: Result;
  readonly apply: Apply<Input, Result, Seen<typeof enrollmentLookups & Bodies & L>>;
}

type Found = { readonly enrollment: { readonly from: "enrollment"; readonly where: object } };

/** A transaction of the server's own, or of an admin, about one enrollment. */
export function forEnrollment<Input extends Moment, Result, const L extends Lookups & Found>({
  name,
  changes,
  patient,
  reads,
  keeps,
  none,
  apply,
}: Own<Input, Result, L>): Transaction<Input, Result, typeof enrollmentLookups & Bodies & L> {
  return transaction({
    name,
    ...(changes === undefined ? {} : { changes }),
    ...(patient === undefined ? {} : { patient }),
    reads: (input: Input) => ({ ...reads(input), ...enrollmentLookups, ...bodiesIf(keeps === true) }),
    decide(input: Input, rows: Seen<typeof enrollmentLookups & Bodies & L>): Decision<Result> | LateDecision<Result> {
      const [enrollment] = rows.enrollment as readonly EnrollmentRow[];
      if (enrollment === undefined) return { writes: [], result: none };
      const unit = new UnitOfWork(enrollment, keeps === true ? rows : { ...rows, bodies: undefined }, input);
      return carryOut(unit, (derive) => apply(unit, input, rows, derive));
    },
  });
}

function carryOut<Result>(
  unit: UnitOfWork,
  apply: (derive: () => void) => Applied<Result>,
): Decision<Result> | LateDecision<Result> {
  const derive = derivation(unit);
  const applied = apply(derive);
  derive();
  const result = typeof applied === "function" ? (applied as () => Result | Late<Result>)() : applied;
  const writes = unit.writes();
  const said = unit.change === undefined ? { writes } : { writes, change: unit.change };
  return result instanceof Late ? { ...said, late: result } : { ...said, result };
}
