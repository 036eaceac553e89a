/**
 * Events of warnings: they come and go with time, so the warnings are looked at every minute, and the difference to what they were is
 * written, with the events, in one transaction.
 */
import type { Warning } from "../../contract/index.ts";
import { type EventKind, transaction, type Json, type Write } from "../../store/index.ts";

/** Setting that holds the reasons of the warnings that there were. */
const WARNINGS = "warnings";

export interface NoteWarningsInput {
  readonly warnings: readonly Pick<Warning, "reason" | "sentence" | "remedy" | "devices">[];
  readonly now: number;
}

interface Kept {
  readonly sentence: string;
  readonly remedy: string;
  readonly devices: number | null;
}

const keptOf = ({ sentence, remedy, devices }: Kept): Kept => ({ sentence, remedy, devices });

/** Events bear the words that a warning had when it began. */
export const noteWarnings = transaction({
  name: "noteWarnings",
  reads: (_input: NoteWarningsInput) => ({ known: { from: "setting", where: { name: WARNINGS } } }),
  decide({ warnings, now }: NoteWarningsInput, seen): { writes: Write[]; result: null } {
    const before = (seen.known[0]?.value ?? {}) as unknown as Readonly<Record<string, Kept>>;
    const event = (kind: EventKind, reason: string, { sentence, remedy, devices }: Kept): Write => ({
      insert: "event",
      row: {
        topic: "warnings",
        id: reason,
        at: now,
        kinds: [kind],
        data: { warning: { reason, sentence, remedy, devices } },
      },
    });
    // A reason stands for one warning: of several certificates that end, the first.
    const present = new Map(
      warnings.toReversed().map(({ reason, ...words }) => [reason, before[reason] ?? keptOf(words)] as const),
    );
    const began = [...present].filter(([reason]) => !(reason in before));
    const ended = Object.entries(before).filter(([reason]) => !present.has(reason as Warning["reason"]));
    if (began.length + ended.length === 0) return { writes: [], result: null };
    return {
      writes: [
        ...ended.map(([reason, kept]) => event("warning.ended", reason, kept)),
        ...began.map(([reason, kept]) => event("warning.began", reason, kept)),
        { put: "setting", row: { name: WARNINGS, value: Object.fromEntries(present) as unknown as Json } },
      ],
      result: null,
    };
  },
});
