/** Many devices get tags, or lose them. */
import type { Tagging, TagRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { MOST_TAGS, TAG, TAG_WORDS } from "../../plans/index.ts";
import type { Actor } from "../actor.ts";
import type { Selector } from "../plans/selector.ts";
import type { Ports } from "../ports.ts";
import { changeOf, tagDevices } from "./tags.ts";

/** Devices whose tags are read at once, and whose tags are written in one transaction. */
const READ = 1000;
const WRITTEN = 100;
/** Devices that an error names. */
const NAMED = 5;

interface Terms {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export function createTagging(ports: Ports, select: Selector) {
  const { admin } = ports;

  async function triedOn(request: TagRequest): Promise<{ terms: Terms; devices: number; changed: readonly string[] }> {
    const terms = termsOf(request);
    const ids: string[] = [];
    // Ids alone are little enough to hold; none is written before all are known.
    for await (const page of select.meant(request)) for (const { id } of page) ids.push(id);
    const changed: string[] = [];
    const full: string[] = [];
    for (const some of slices(ids, READ)) {
      const tags = await admin.tagsOf(some);
      for (const id of some) {
        const change = changeOf(tags.get(id) ?? new Set(), terms);
        if (change === "too-many") full.push(id);
        else if (change !== "none") changed.push(id);
      }
    }
    if (full.length > 0) throw await tooMany(full);
    return { terms, devices: ids.length, changed };
  }

  /** `others`: what has happened to the other devices of the request. */
  async function tooMany(ids: readonly string[], others = ""): Promise<UptickError> {
    const rows = await admin.fleetOf(ids.slice(0, NAMED));
    const names = rows.map(({ deviceName, serial, id }) => deviceName?.slice(0, 80) ?? serial ?? id);
    const more = ids.length > rows.length ? ` and ${ids.length - rows.length} more` : "";
    return new UptickError("tags-too-many", `More than ${MOST_TAGS} tags: ${names.join(", ")}${more}.${others}`);
  }

  return {
    async tag(actor: Actor, request: TagRequest): Promise<Tagging> {
      const { terms, devices, changed } = await triedOn(request);
      const input = { ...terms, total: changed.length, by: actor.name, now: ports.now() };
      const full: string[] = [];
      for (const some of slices(changed, WRITTEN))
        full.push(...(await actor.run(tagDevices, { ...input, devices: some })));
      // Another admin has given them tags meanwhile.
      if (full.length > 0) throw await tooMany(full, " The tags of the other devices have been changed.");
      return { dryRun: false, devices, changed: changed.length };
    },
    async tryTag(request: TagRequest): Promise<Tagging> {
      const { devices, changed } = await triedOn(request);
      return { dryRun: true, devices, changed: changed.length };
    },
  };
}

function termsOf({ add = [], remove = [] }: TagRequest): Terms {
  const wrong = [...add, ...remove].find((tag) => !TAG.test(tag));
  if (wrong !== undefined) {
    const small = wrong.toLowerCase();
    const hint = small !== wrong && TAG.test(small) ? ` Write "${small}".` : "";
    throw new UptickError("tag-invalid", `"${wrong.slice(0, 100)}" is no tag: a tag is ${TAG_WORDS}.${hint}`);
  }
  const terms = { add: [...new Set(add)], remove: [...new Set(remove)] };
  if (terms.add.length + terms.remove.length === 0)
    throw new UptickError("tag-invalid", "The request names no tag to add or to remove.");
  const both = terms.add.find((tag) => terms.remove.includes(tag));
  if (both !== undefined) throw new UptickError("tag-invalid", `The tag ${both} can't be added and removed at once.`);
  return terms;
}

function* slices<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size);
}
