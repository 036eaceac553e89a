/** What the server remembers, to compare before and after something that must change nothing. */
import type { TimelineEntry } from "../../src/contract/index.ts";
import type { Uptick } from "./uptick.ts";

/** Tables of which every row counts; the timeline, refusals and what must leave (pushes) are looked at apart. */
const TABLES = [
  "enrollment",
  "command",
  "closed_command",
  "command_bytes",
  "job",
  "plan",
  "plan_device",
  "policy",
  "policy_chunk",
  "assignment",
  "secret",
  "challenge",
  "enrollment_link",
  "certificate",
  "renewal",
  "setting",
  "admin_token",
  "account",
  "session",
  "release",
  "security_release",
] as const;

export type Memory = Readonly<Record<string, readonly string[]>>;

/** What a person is told of a device, worked out after what it follows from. */
const CLASS: ReadonlySet<string> = new Set([
  ...["compliance", "compliance_reason", "flags", "governed_by", "target", "offer", "deadline_at"],
  ...["class_due_at", "class_lease_until"],
]);

/** Every row as text without what is written late: when a device was last seen, its class, and what Apple made of a push to it. */
export function memoryOf(uptick: Uptick): Memory {
  return Object.fromEntries(
    TABLES.map((table) => [
      table,
      uptick
        .rows(`SELECT * FROM ${table}`)
        // The moment is recorded whatever happens.
        .filter((row) => table !== "setting" || row["name"] !== "clock")
        .map(({ last_seen_at: _seen, pushes_accepted: _pushed, push_trouble: _trouble, ...row }) =>
          JSON.stringify(table === "enrollment" ? withoutClass(row) : row),
        )
        .toSorted(),
    ]),
  );
}

/** The row of an enrollment without them. */
export const withoutClass = (row: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !CLASS.has(column)));

/** A device's timeline, oldest first, pushes left out: they come when they come. */
export async function storyOf(uptick: Uptick, ref: string): Promise<TimelineEntry[]> {
  return (await uptick.timeline(ref)).filter(({ kind }) => !kind.startsWith("push-"));
}

/** The kinds of its entries. */
export async function kindsOf(uptick: Uptick, ref: string): Promise<string[]> {
  return (await storyOf(uptick, ref)).map(({ kind }) => kind);
}
