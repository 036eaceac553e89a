/** Which devices an admin means: ids, UDIDs, serials, unique names, all, a rule, or a group. */
import { UptickError } from "../../errors/index.ts";
import type { AdminStore, EnrollmentRow, FleetRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { isoTime } from "../iso-time.ts";
import { parseRule, type Rule } from "../../plans/index.ts";
import { groupRule, meantBy, scopeOf } from "../scopes/scope.ts";

export interface Selector {
  /** `asking`: who is told which device that is, for the audit. Throws `device-unknown`, `device-ambiguous`. */
  one(ref: string, asking?: Pick<Actor, "found">): Promise<EnrollmentRow>;
  /**
   * Each device once, in the order named, some hundred at a time: a whole fleet is too much to hold. "all": every device that
   * is enrolled. Throws as `one`, naming every text that fails, before it gives the first.
   */
  pages(refs: readonly string[]): AsyncGenerator<readonly FleetRow[]>;
  /**
   * As `pages`, or the enrolled devices that a rule or a group means, by id. Throws `request-invalid` unless just one way to name
   * devices is used; also as `pages`, `rule-invalid`, `group-unknown`.
   */
  meant(which: Which): AsyncGenerator<readonly FleetRow[]>;
}

/** Ways to name devices, of which a request uses one. */
export interface Which {
  readonly devices?: readonly string[];
  readonly rule?: string;
  readonly group?: string;
}

/** Devices of a page: what is done with one keeps the event loop for some ms. */
const PAGE = 250;

export function createSelector(admin: AdminStore): Selector {
  async function* all(): AsyncGenerator<readonly FleetRow[]> {
    let after: string | undefined;
    for (;;) {
      const page = await admin.fleet(after, PAGE);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.id;
    }
  }

  async function* named(refs: readonly string[]): AsyncGenerator<readonly FleetRow[]> {
    const missed = createMissed();
    // Ids alone are little enough to hold.
    const meant = new Set<string>();
    for (const texts of slices(refs)) {
      const found = await admin.namedInFleet(texts);
      for (const text of texts) {
        const row = missed.onlyOne(text, found.get(text) ?? []);
        if (row !== undefined) meant.add(row.id);
      }
    }
    missed.refuse();
    for (const ids of slices([...meant])) {
      const page = await admin.fleetOf(ids);
      if (page.length > 0) yield page;
    }
  }

  function pages(refs: readonly string[]): AsyncGenerator<readonly FleetRow[]> {
    const names = [...new Set(refs.map((ref) => ref.trim()).filter((ref) => ref !== ""))];
    return names.includes("all") ? all() : named(names);
  }

  async function* matching(rule: Rule): AsyncGenerator<readonly FleetRow[]> {
    const scope = await scopeOf(admin, rule);
    for await (const rows of meantBy(admin, scope, { enrollment: "enrolled" }))
      for (const ids of slices(rows.map(({ id }) => id))) {
        // One that has left meanwhile is no longer meant.
        const page = (await admin.fleetOf(ids)).filter(({ state }) => state === "enrolled");
        if (page.length > 0) yield page;
      }
  }

  return {
    async one(ref, asking) {
      const missed = createMissed();
      const row = missed.onlyOne(ref, (await admin.named([ref])).get(ref) ?? []);
      missed.refuse();
      if (row === undefined) throw new Error("a text that means no device was refused");
      asking?.found(row.id);
      return row;
    },
    pages,
    meant(which) {
      const { devices, rule, group } = which;
      const ways = [devices, rule, group].filter((way) => way !== undefined);
      if (ways.length !== 1)
        throw new UptickError(
          "request-invalid",
          `The request names devices in ${ways.length} ways; it takes one of devices, rule and group.`,
        );
      const asked = ruleIn(which);
      return asked === undefined ? pages(devices ?? []) : matching(asked);
    },
  };
}

/** The rule that devices are named by; undefined: they are named one by one. Throws `rule-invalid`. */
export function ruleIn({ rule, group }: Which): Rule | undefined {
  if (rule !== undefined) return parseRule(rule);
  return group === undefined ? undefined : groupRule(group);
}

function* slices(texts: readonly string[]): Generator<readonly string[]> {
  for (let i = 0; i < texts.length; i += PAGE) yield texts.slice(i, i + PAGE);
}

/** Texts that mean no device, or more than one. */
function createMissed() {
  const unknown: string[] = [];
  const ambiguous = new Map<string, readonly Candidate[]>();
  return {
    /** The one row that was found; undefined, and noted, where there is none or another. */
    onlyOne<Row extends Candidate>(text: string, rows: readonly Row[]): Row | undefined {
      if (rows.length === 0) unknown.push(text);
      if (rows.length > 1) ambiguous.set(text, rows);
      return rows.length === 1 ? rows[0] : undefined;
    },
    refuse(): void {
      if (unknown.length > 0) throw new UptickError("device-unknown", `No device is called ${list(unknown)}.`);
      if (ambiguous.size > 0) throw ambiguity(ambiguous);
    },
  };
}

/** What is told of a device that a text may mean. */
type Candidate = Pick<
  EnrollmentRow,
  "id" | "appleId" | "deviceName" | "platform" | "osVersion" | "state" | "lastSeenAt"
>;

/** Candidates named for one text; the store finds one more, so that it is known whether these are all. */
const MOST_CANDIDATES = 5;

/** Names who is meant by each text that names several devices: `device-ambiguous`. */
export function ambiguity(found: ReadonlyMap<string, readonly Candidate[]>): UptickError {
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
function candidate(row: Candidate): string {
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
