/** What a dry run has shown: gathered while it is made, stored at its end, and read when a plan is saved as it was shown. */
import type { AsOfRequest, ShownDecision } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { hashText } from "../../identity/index.ts";
import type { PlanSpec } from "../../plans/index.ts";
import type { DryRunRow } from "../../store/index.ts";
import { inOneOrder } from "../in-one-order.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { type AsOf, catalogAtOf } from "./as-of.ts";
import type { Marked } from "./decision-mark.ts";
import { addDryRun, addDryRunPage, type DryRunPage, endDryRun, hasExpired, KEPT_FOR } from "./dry-run-record.ts";

/** Devices of a stored page: some 400 KB, which a transaction writes in a few ms. */
const PAGE = 8000;
/** Hexadecimal digits of a hash: 128 bits, little enough to be typed or copied. */
const DIGITS = 32;

/**
 * What a request asks, as far as it does not stand in its decisions: of a once plan its spec, without its name and how it names devices;
 * of a change of standing plans all that it says.
 */
export type Terms = PlanSpec | { readonly change: object };
const termsOf = (terms: Terms): string => hashText(inOneOrder(terms));

/** `id`: of a plan that is tried, by which the plan is made later; absent: any. */
export interface KeptAs {
  readonly terms: Terms;
  readonly id?: string;
}

/** Gathers the decisions of a dry run. */
export function createRecord<S = ShownDecision>() {
  const ids: string[] = [];
  const decisions: Marked<S>[] = [];

  /** By id, whatever the order of the request: the same decisions have the same hash. */
  function* pages(): Generator<DryRunPage> {
    const order = ids.map((_id, n) => n);
    const idAt = (n: number): string => ids[n] ?? "";
    if (ids.some((id, n) => n > 0 && id < idAt(n - 1))) order.sort((a, b) => (idAt(a) < idAt(b) ? -1 : 1));
    for (let from = 0; from < order.length; from += PAGE) {
      const part = order.slice(from, from + PAGE);
      const known = new Map<string, number>();
      const once: Marked<S>[] = [];
      const places = part
        .flatMap((n) => decisions[n] ?? [])
        .map((marked) => {
          const place = known.get(marked.mark) ?? once.push(marked) - 1;
          known.set(marked.mark, place);
          return place;
        });
      yield { decisions: once, ids: part.map(idAt), places };
    }
  }

  return {
    add(id: string, decision: Marked<S>): void {
      ids.push(id);
      decisions.push(decision);
    },
    /** Stores what was gathered; gives its hash. */
    async keep(ports: Ports, { terms, id = ports.newId() }: KeptAs, asOf: AsOf): Promise<string> {
      const row: DryRunRow = {
        id,
        hash: "",
        at: asOf.now,
        catalogAt: catalogAtOf(asOf.catalog),
        planRevisions: asOf.planRevisions,
        terms: termsOf(terms),
        devices: ids.length,
        pages: Math.ceil(ids.length / PAGE),
        expiresAt: asOf.now + KEPT_FOR,
      };
      await ports.devices.run(addDryRun, row);
      const parts = [row.terms];
      // A page at a time, each made when the one before is stored: polls come between.
      for (const page of pages()) {
        parts.push(hashText(page.ids.map((id, i) => `${id} ${page.decisions[page.places[i] ?? 0]?.mark}`).join("\n")));
        await ports.devices.run(addDryRunPage, { dryRunId: row.id, n: parts.length - 2, page });
      }
      const hash = hashText(parts.join("\n")).slice(0, DIGITS);
      await ports.devices.run(endDryRun, { dryRunId: row.id, hash });
      return hash;
    },
  };
}

/** A dry run that is stored. */
export interface Kept<S = ShownDecision> {
  readonly id: string;
  readonly at: number;
  /** What it decided for each device. */
  readonly decisions: ReadonlyMap<string, Marked<S>>;
}

/** An earlier version of the server stored the release of a decision as its `target`. */
function inWordsOfToday({ mark, shown }: Marked<unknown>): Marked<unknown> {
  const { target, ...rest } = shown as { readonly target?: unknown };
  return { mark, shown: target === undefined ? shown : { release: target, ...rest } };
}

/** The dry run that a request to save names. Throws `dry-run-unknown`. */
export async function keptDryRun<S = ShownDecision>(
  ports: Ports,
  named: { readonly hash: string; readonly asOf: AsOfRequest },
  terms: Terms,
): Promise<Kept<S>> {
  const { hash, asOf } = named;
  const { devices: store } = ports;
  const rows = await store.read({ from: "dryRun", where: { hash } });
  const row = rows.find((one) => isoTime(one.at) === asOf.decidedAt && !hasExpired(one, ports.now()));
  const unknown = (why: string): UptickError => new UptickError("dry-run-unknown", why);
  const called = `The dry run ${hash} of ${asOf.decidedAt}`;
  if (row === undefined) throw unknown(`${called} is not stored, or is no longer stored.`);
  if (row.terms !== termsOf(terms)) throw unknown(`${called} was of a plan with other terms than this request has.`);
  const decisions = new Map<string, Marked<S>>();
  for (let n = 0; n < row.pages; n += 1) {
    const [page] = await store.read({ from: "dryRunPage", where: { dryRunId: row.id, n } });
    if (page === undefined) throw unknown(`${called} is no longer stored.`);
    const { decisions: known, ids, places } = page.doc as unknown as DryRunPage;
    for (const [i, id] of ids.entries()) {
      const marked = known[places[i] ?? -1];
      if (marked !== undefined) decisions.set(id, inWordsOfToday(marked) as Marked<S>);
    }
  }
  return { id: row.id, at: row.at, decisions };
}
