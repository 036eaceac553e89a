/** Tags of devices: words that an admin gives them. */
import { MOST_TAGS } from "../../plans/index.ts";
import {
  type BlackoutRow,
  type BlockRow,
  type Change,
  type Decision,
  type Lookup,
  transaction,
  type Write,
} from "../../store/index.ts";
import { lookAgain } from "../catalog/block.ts";
import { classDue } from "../enrollment/class-due.ts";
import { blackoutsLookAgain } from "../plans/blackout.ts";
import { timelineNote } from "../enrollment/bodies.ts";

export interface TagDevicesInput {
  /** Enrollment ids; some hundred at most, since polls wait while they are written. */
  readonly devices: readonly string[];
  /** All that the request changes, of which these are some. */
  readonly total: number;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Who does it (api A9). */
  readonly by: string;
  readonly now: number;
}

const ID = ["id"] as const;

/** Gives those of the devices that would have more tags than are possible: nothing is changed of them. */
export const tagDevices = transaction({
  name: "tagDevices",
  reads: ({ devices }: TagDevicesInput) =>
    Object.fromEntries([
      ...devices.flatMap((id, i): [string, Lookup][] => [
        [`device ${i}`, { from: "enrollment", where: { id }, columns: ID }],
        [`tags ${i}`, { from: "deviceTag", where: { enrollmentId: id } }],
      ]),
      ["blocks", { from: "block", where: { live: 1 } } satisfies Lookup],
      ["blackouts", { from: "blackout", where: { live: 1 } } satisfies Lookup],
    ]),
  changes: ({ devices, total, add, remove }) => ({
    id: total === 1 ? (devices[0] ?? null) : null,
    detail: detailOf(total, add, remove),
  }),
  decide(input: TagDevicesInput, seen): Decision<readonly string[]> {
    const full: string[] = [];
    const writes = input.devices.flatMap((enrollmentId, i): Write[] => {
      if ((seen[`device ${i}`] ?? []).length === 0) return [];
      const rows = (seen[`tags ${i}`] ?? []) as readonly { readonly tag: string }[];
      const change = changeOf(new Set(rows.map(({ tag }) => tag)), input);
      if (change === "too-many") full.push(enrollmentId);
      return change === "too-many" || change === "none" ? [] : written(enrollmentId, change, input);
    });
    const blocks = (seen["blocks"] ?? []) as readonly BlockRow[];
    const blackouts = (seen["blackouts"] ?? []) as readonly BlackoutRow[];
    if (writes.length === 0) return { writes, result: full };
    const again = [...lookAgain(blocks, "tag", input.now), ...blackoutsLookAgain(blackouts, "tag", input.now)];
    const [first = []] = input.devices.map(
      (_id, i) => (seen[`tags ${i}`] ?? []) as readonly { readonly tag: string }[],
    );
    const change = pictures(
      first.map(({ tag }) => tag),
      input,
    );
    return { writes: [...writes, ...again], change, result: full };
  },
});

export interface TagChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What adding and removing tags does to a device that has these; "too-many": more than a device may have. */
export function changeOf(
  has: ReadonlySet<string>,
  { add, remove }: Pick<TagDevicesInput, "add" | "remove">,
): TagChange | "none" | "too-many" {
  const added = add.filter((tag) => !has.has(tag));
  const removed = remove.filter((tag) => has.has(tag));
  if (added.length + removed.length === 0) return "none";
  // Taking tags away is possible however many there are.
  return added.length > 0 && has.size + added.length - removed.length > MOST_TAGS ? "too-many" : { added, removed };
}

function written(enrollmentId: string, { added, removed }: TagChange, { by, now }: TagDevicesInput): Write[] {
  return [
    ...added.map((tag): Write => ({ put: "deviceTag", row: { enrollmentId, tag } })),
    ...removed.map((tag): Write => ({ drop: "deviceTag", where: { enrollmentId, tag } })),
    timelineNote(enrollmentId, now, "tags-changed", { added, removed, by }, null),
    classDue(enrollmentId, now),
  ];
}

/** Of one device its tags; of several, which differ, what is done to all of them. */
function pictures(tags: readonly string[], { total, add, remove }: TagDevicesInput): Change {
  if (total > 1) return { before: null, after: { devices: total, add, remove } };
  const after = new Set([...tags, ...add].filter((tag) => !remove.includes(tag)));
  return { before: { tags: tags.toSorted() }, after: { tags: [...after].toSorted() } };
}

/** "add pilot, remove lab: 3 devices" */
function detailOf(total: number, add: readonly string[], remove: readonly string[]): string {
  const parts = [
    add.length === 0 ? "" : `add ${add.join(" ")}`,
    remove.length === 0 ? "" : `remove ${remove.join(" ")}`,
  ];
  const what = parts.filter((part) => part !== "").join(", ");
  return total === 1 ? what : `${what}: ${total} devices`;
}
