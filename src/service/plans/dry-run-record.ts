/**
 * A dry run as it is stored, so that a later save knows which decisions it showed: an id and a number for each device, and each
 * decision once. It is written when the dry run has ended, so one that is abandoned costs nothing.
 */
import { type DryRunPageRow, type DryRunRow, type Json, transaction, type Write } from "../../store/index.ts";
import type { Marked } from "./decision-mark.ts";

/** `doc` of a row of `dryRunPage`. */
export interface DryRunPage {
  /** Each once. */
  readonly decisions: readonly Marked<unknown>[];
  /** The devices. */
  readonly ids: readonly string[];
  /** For each of them the place of its decision. Beside the ids: flat lists are cheap to hand to the store. */
  readonly places: readonly number[];
}

/** How long a dry run can be saved (ms). */
export const KEPT_FOR = 24 * 3_600_000;
/** Dry runs that are kept, and the devices of all of them: about 60 bytes each. The oldest go first. */
const MOST_KEPT = 200;
const MOST_DEVICES = 2_000_000;

/** The dry run itself, before its pages. Those that have expired go, and the oldest where there are too many. */
export const addDryRun = transaction({
  name: "addDryRun",
  reads: (_row: DryRunRow) => ({ kept: { from: "dryRun", where: {} } }),
  decide(row: DryRunRow, seen): { writes: Write[]; result: null } {
    const { at } = row;
    const old = seen.kept.filter((one) => hasExpired(one, at));
    const left = seen.kept.filter((one) => !old.includes(one)).toSorted((a, b) => b.at - a.at);
    let [count, devices] = [1, row.devices];
    const tooMany = left.filter((one) => {
      count += 1;
      devices += one.devices;
      return count > MOST_KEPT || devices > MOST_DEVICES;
    });
    return { writes: [...[...old, ...tooMany].flatMap(goneOf), { insert: "dryRun", row }], result: null };
  },
});

export interface AddDryRunPageInput {
  readonly dryRunId: string;
  readonly n: number;
  readonly page: DryRunPage;
}

export const addDryRunPage = transaction({
  name: "addDryRunPage",
  reads: ({ dryRunId }: AddDryRunPageInput) => ({ own: { from: "dryRun", where: { id: dryRunId } } }),
  decide({ dryRunId, n, page }: AddDryRunPageInput, seen): { writes: Write[]; result: null } {
    // Newer ones may have taken its place already: its pages would never go.
    if (seen.own.length === 0) return { writes: [], result: null };
    const row: DryRunPageRow = { dryRunId, n, doc: page as unknown as Json };
    return { writes: [{ insert: "dryRunPage", row }], result: null };
  },
});

/** All pages are stored: from now on it is found by its hash. */
export const endDryRun = transaction({
  name: "endDryRun",
  reads: () => ({}),
  decide({ dryRunId, hash }: { readonly dryRunId: string; readonly hash: string }) {
    return { writes: [{ patch: "dryRun", where: { id: dryRunId }, set: { hash } }] satisfies Write[], result: null };
  },
});

/** Forgets those that have expired. */
export const forgetDryRuns = transaction({
  name: "forgetDryRuns",
  reads: (_input: { readonly now: number }) => ({ kept: { from: "dryRun", where: {} } }),
  decide({ now }: { readonly now: number }, seen): { writes: Write[]; result: null } {
    return { writes: seen.kept.filter((one) => hasExpired(one, now)).flatMap(goneOf), result: null };
  },
});

/** Also one of a clock that was far ahead, which would stay for as long. */
export const hasExpired = ({ expiresAt }: Pick<DryRunRow, "expiresAt">, now: number): boolean =>
  expiresAt <= now || expiresAt > now + 2 * KEPT_FOR;

const goneOf = ({ id }: DryRunRow): Write[] => [
  { drop: "dryRun", where: { id } },
  { drop: "dryRunPage", where: { dryRunId: id } },
];
