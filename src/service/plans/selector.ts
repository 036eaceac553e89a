/** Which devices an admin means: ids, UDIDs, serials, unique names, or all. */
import { UptickError } from "../../errors/index.ts";
import type { AdminStore, EnrollmentRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { isoTime } from "../iso-time.ts";

export interface Selector {
  /** `asking`: who is told which device that is, for the audit. Throws `device-unknown`, `device-ambiguous`. */
  one(ref: string, asking?: Pick<Actor, "found">): Promise<EnrollmentRow>;
  /**
   * Each device once, in the order named, some hundred at a time: a whole fleet is too much to hold. "all": every device that
   * is enrolled. Throws as `one`, naming every text that fails, once all that are known have been given.
   */
  pages(refs: readonly string[]): AsyncGenerator<readonly EnrollmentRow[]>;
}

/** Devices of a page: what is done with one keeps the event loop for some ms. */
const PAGE = 250;

export function createSelector(admin: AdminStore): Selector {
  async function* all(): AsyncGenerator<readonly EnrollmentRow[]> {
    let after: string | undefined;
    for (;;) {
      const page = await admin.enrollments(after, PAGE);
      const enrolled = page.filter((row) => row.state === "enrolled");
      if (enrolled.length > 0) yield enrolled;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.id;
    }
  }

  async function* named(refs: readonly string[]): AsyncGenerator<readonly EnrollmentRow[]> {
    const unknown: string[] = [];
    const ambiguous = new Map<string, readonly EnrollmentRow[]>();
    const given = new Set<string>();
    for (let i = 0; i < refs.length; i += PAGE) {
      const texts = refs.slice(i, i + PAGE);
      const found = await admin.named(texts);
      const page: EnrollmentRow[] = [];
      for (const text of texts) {
        const rows = found.get(text) ?? [];
        if (rows.length === 0) unknown.push(text);
        if (rows.length > 1) ambiguous.set(text, rows);
        const [row] = rows;
        if (row === undefined || rows.length > 1 || given.has(row.id)) continue;
        given.add(row.id);
        page.push(row);
      }
      if (page.length > 0) yield page;
    }
    if (unknown.length > 0) throw new UptickError("device-unknown", `No device is called ${list(unknown)}.`);
    if (ambiguous.size > 0) throw ambiguity(ambiguous);
  }

  return {
    async one(ref, asking) {
      for await (const [row] of named([ref])) {
        if (row === undefined) continue;
        asking?.found(row.id);
        return row;
      }
      throw new UptickError("device-unknown", `No device is called "${ref}".`);
    },
    pages(refs) {
      const names = [...new Set(refs.map((ref) => ref.trim()).filter((ref) => ref !== ""))];
      return names.includes("all") ? all() : named(names);
    },
  };
}

/** Candidates named for one text; the store finds one more, so that it is known whether these are all. */
const MOST_CANDIDATES = 5;

/** Names who is meant by each text that names several devices: `device-ambiguous`. */
export function ambiguity(found: ReadonlyMap<string, readonly EnrollmentRow[]>): UptickError {
  const sentences = [...found].slice(0, MOST_CANDIDATES).map(([text, rows]) => {
    const named = rows.slice(0, MOST_CANDIDATES).map(candidate);
    if (rows.length > MOST_CANDIDATES) named.push("and others");
    return `"${text}" names more than one device: ${named.join("; ")}.`;
  });
  const more = found.size - sentences.length;
  if (more > 0) sentences.push(`${more} more texts name more than one device each.`);
  return new UptickError("device-ambiguous", sentences.join(" "));
}

/** Characters of a device's name that an error repeats. */
const LONGEST_NAME = 80;

/** "id 0198…, UDID 0000…, \"Front desk\", macOS 26.5, last seen 2026-08-25T14:00:00.000Z" */
function candidate(row: EnrollmentRow): string {
  const os = [row.platform, row.osVersion].filter((part) => part !== null).join(" ");
  const seen = row.lastSeenAt === null ? "never seen" : `last seen ${isoTime(row.lastSeenAt)}`;
  const name = row.deviceName === null ? "" : `"${row.deviceName.slice(0, LONGEST_NAME)}"`;
  const state = row.state === "enrolled" ? "" : row.state;
  return [`id ${row.id}`, `UDID ${row.appleId}`, name, os, state, seen].filter((part) => part !== "").join(", ");
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).map((text) => `"${text}"`);
  return texts.length > 5 ? `${shown.join(", ")} and ${texts.length - 5} more` : shown.join(", ");
}
