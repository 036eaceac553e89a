/** Refused SCEP requests, kept where an admin sees them: before it has an identity, a device has no timeline. */
import { exchange, type Write } from "../../store/index.ts";

/** One kind of refusal, as the setting `scep-refusals` keeps it. */
export interface Refusal {
  /** Code of docs/errors.md. */
  readonly code: string;
  /** What the refusals counted here have in common; the newest one's message and remedy stand for them. */
  readonly group: string;
  readonly message: string;
  readonly remedy: string;
  readonly count: number;
  /** The newest one, real time (ms UTC). */
  readonly at: number;
}

export const REFUSALS = "scep-refusals";
/** Strangers can make any number of refusals; they can't make the list longer. */
const MOST = 20;

/** Newest first. What comes again is counted, not listed again. */
export const noteRefusals = exchange({
  name: "noteRefusals",
  lane: () => REFUSALS,
  reads: (_ask: { readonly refusals: readonly Refusal[] }) => ({
    kept: { from: "setting", where: { name: REFUSALS } },
  }),
  decide(ask: { readonly refusals: readonly Refusal[] }, seen): { writes: Write[]; said: null } {
    let list = (seen.kept[0]?.value ?? []) as unknown as readonly Refusal[];
    for (const one of ask.refusals) list = withRefusal(list, one);
    return {
      writes: [{ put: "setting", row: { name: REFUSALS, value: list.map((one) => ({ ...one })) } }],
      said: null,
    };
  },
});

/** The list with one more, newest first and bounded. */
export function withRefusal(list: readonly Refusal[], one: Refusal): readonly Refusal[] {
  const same = list.find(({ code, group }) => code === one.code && group === one.group);
  const rest = list.filter((other) => other !== same);
  return [{ ...one, count: one.count + (same?.count ?? 0) }, ...rest].slice(0, MOST);
}
