/** What an admin may ask of the list of devices: which of them, and in which order. */
import type { ComplianceFlag, Rule } from "../plans/index.ts";
import type { DeviceCondition } from "./device-condition.ts";
import type { EnrollmentRow } from "./rows.ts";

export interface DeviceFilter {
  /** Part of a name, serial, UDID or model, whatever its case and accents; one or two characters: their beginning. */
  readonly search?: string;
  readonly platform?: string;
  /** What the hardware identifier begins with, such as "iPad". */
  readonly model?: string;
  /** By `versionKey`: of this version, or of one below it. */
  readonly os?: { readonly how: "=" | "<"; readonly key: number };
  /** State of the enrollment; absent: all but removed ones. */
  readonly enrollment?: EnrollmentRow["state"];
  /** State of the job that the device is shown by. */
  readonly jobState?: string;
  /** How that job is told. */
  readonly mechanism?: string;
  /** Of enrolled devices. */
  readonly class?: EnrollmentRow["compliance"];
  readonly reason?: string;
  /** Enrolled devices that have each of these flags (true), or do not have it. */
  readonly flags?: Readonly<Partial<Record<ComplianceFlag, boolean>>>;
  /** The plan that governs it. */
  readonly plan?: string;
  /** Place of its ring in that plan. */
  readonly ring?: number;
  /** Not heard since then (ms UTC), or never. */
  readonly silentSince?: number;
  /** Devices that a rule means, with the rules of the groups that it names, by `groupKey`. */
  readonly scope?: { readonly rule: Rule; readonly groups: ReadonlyMap<string, Rule> };
  /** Only these. */
  readonly ids?: readonly string[];
  readonly where?: DeviceCondition;
}

/** "id" is the order of enrolling. `lastSeen`: the longest silence first; `compliance`: who needs something first, then by deadline. */
export type DeviceSort = "id" | "name" | "os" | "compliance" | "deadline" | "lastSeen";

export interface DeviceQuery extends DeviceFilter {
  /** Absent: by id. What is not known comes last; never heard comes first. `down`: all the other way round. */
  readonly sort?: { readonly by: DeviceSort; readonly down: boolean };
  /** `next` of the page before, of the same sort. */
  readonly after?: string;
  /** 1–1000. */
  readonly limit: number;
}

export type CountedBy = "class" | "reason" | "version" | "model";

/** How many devices have a value; null: it is not known. */
export interface ValueCount {
  readonly value: string | null;
  readonly count: number;
}
