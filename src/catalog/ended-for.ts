/** Whether Apple still updates the installed major (targets T13), asked for each device of a fleet and answered once for each model. */
import { majorOf } from "../protocol/index.ts";
import type { ChoiceInput } from "./choice.ts";
import { type Catalog, dayOf, furthestDay, stateOf } from "./list.ts";
import { type MajorEnded, majorEnds } from "./major-ended.ts";

/** Models and versions remembered for a list: more than a fleet has, and little enough when devices invent theirs. */
const MOST_MODELS = 5000;

interface Remembered {
  /** What is offered changes with the day, here (its last day) and where it is latest (its first day). */
  readonly day: string;
  readonly ask: ReturnType<typeof majorEnds>;
  readonly answers: Map<string, MajorEnded | undefined>;
}

const REMEMBERED = new WeakMap<Catalog, Remembered>();

/** Undefined: Apple still updates the major of the device for its model, or the device can run no newer one. */
export function endedFor({
  catalog,
  device,
  now,
}: Pick<ChoiceInput, "catalog" | "device" | "now">): MajorEnded | undefined {
  const { list } = catalog;
  if (list === null) return undefined;
  const today = furthestDay(now) + dayOf(now);
  let known = REMEMBERED.get(catalog);
  if (known?.day !== today) {
    const isOffered = (release: Catalog["releases"][number]): boolean => stateOf(release, list, now) === "offered";
    const ask = majorEnds({ releases: catalog.releases, isOffered, asOf: list.date });
    REMEMBERED.set(catalog, (known = { day: today, ask, answers: new Map() }));
  }
  const { platform, lookupIds, version } = device;
  const key = JSON.stringify([platform, version, ...lookupIds]);
  if (known.answers.has(key)) return known.answers.get(key);
  if (known.answers.size >= MOST_MODELS) known.answers.clear();
  const ended = majorOf(version) === undefined ? undefined : known.ask({ platform, lookupIds, version });
  known.answers.set(key, ended);
  return ended;
}
