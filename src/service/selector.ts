/** Which devices an admin means: ids, UDIDs, serials, unique names, or all. */
import { UptickError } from "../errors/index.ts";
import type { AdminStore, EnrollmentRow } from "../store/index.ts";

export interface Selector {
  /** Throws `device-unknown`, `device-ambiguous`. */
  one(ref: string): Promise<EnrollmentRow>;
  /** Each device once, in the order named. "all": every device that is enrolled. Throws as `one`, naming every text that fails. */
  many(refs: readonly string[]): Promise<EnrollmentRow[]>;
}

const PAGE = 1000;

export function createSelector(admin: AdminStore): Selector {
  async function resolve(refs: readonly string[]): Promise<EnrollmentRow[]> {
    const found = await admin.named(refs);
    const unknown = refs.filter((ref) => (found.get(ref)?.length ?? 0) === 0);
    if (unknown.length > 0) throw new UptickError("device-unknown", `No device is called ${list(unknown)}.`);
    const ambiguous = refs.filter((ref) => (found.get(ref)?.length ?? 0) > 1);
    if (ambiguous.length > 0)
      throw new UptickError("device-ambiguous", `More than one device is called ${list(ambiguous)}.`);
    return refs.flatMap((ref) => found.get(ref) ?? []);
  }

  async function all(): Promise<EnrollmentRow[]> {
    const rows: EnrollmentRow[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await admin.enrollments(after, PAGE);
      rows.push(...page.filter((row) => row.state === "enrolled"));
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return rows;
      after = last.id;
    }
  }

  return {
    async one(ref) {
      const [row] = await resolve([ref]);
      if (row === undefined) throw new UptickError("device-unknown", `No device is called "${ref}".`);
      return row;
    },
    async many(refs) {
      const names = [...new Set(refs.map((ref) => ref.trim()).filter((ref) => ref !== ""))];
      const rows = names.includes("all") ? await all() : await resolve(names);
      return [...new Map(rows.map((row) => [row.id, row])).values()];
    },
  };
}

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).map((text) => `"${text}"`);
  return texts.length > 5 ? `${shown.join(", ")} and ${texts.length - 5} more` : shown.join(", ");
}
