/** A story of rings that ended as it must, as data: the Macs of the cast, what they did, and what the server says of them. */
import type { SimInstall, SimRecord } from "../../../simulator/index.ts";
import type { DeviceDetail } from "../../contract/index.ts";
import type { Course } from "./course.ts";
import type { Mac, Said } from "./judge.ts";
import { BEFORE, castOf, FAULTY, RELEASE, type Role, rolesOf } from "./macs.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Mon 31 Aug 2026, 18:00 in New York. */
export const POSTED = Date.UTC(2026, 7, 31, 22);
const MORNING = Date.UTC(2026, 7, 31, 13);
/** When the Macs of each ring install: the second day of the first, after the pause in the second, and the 21st day of the last. */
const INSTALLS = [MORNING + 2 * DAY, MORNING + 9 * DAY, MORNING + 21 * DAY] as const;

export const COURSE: Course = {
  postedAt: POSTED,
  pausedAt: MORNING + 9 * DAY + 10 * HOUR,
  pausedBy: "gate",
  blockedAt: MORNING + 10 * DAY + HOUR,
  resumedAt: MORNING + 10 * DAY + HOUR,
  blockReason: "it fails",
  endedAt: MORNING + 23 * DAY,
  news: [
    { at: POSTED, text: "Apple posts macOS 26.7." },
    { at: MORNING + 10 * DAY + HOUR, text: `The admin blocks it: ${"for a long reason ".repeat(6)}.` },
  ],
};

export const install = (at: number): SimInstall => ({
  ...{ at, finishedAt: at + HOUR, version: RELEASE.version, build: RELEASE.build, action: "InstallASAP" },
  ...{ local: "", zone: "America/New_York", consented: false },
});

export const failure = (at: number) => ({ at, what: "install-failed", version: RELEASE.version });

const DEVICES = (castOf("1", POSTED).kinds ?? []).map((kind, place) => ({ kind, udid: `UDID-${place}` }));
export const ROLES: ReadonlyMap<string, Role> = rolesOf(DEVICES);

function macOf({ kind, udid }: (typeof DEVICES)[number]): Mac {
  const role = ROLES.get(udid) as Role;
  const fails = role.model === FAULTY;
  const at = INSTALLS[role.ring] ?? 0;
  const end = fails ? BEFORE : RELEASE;
  const record = {
    ...{ kind, udid, serial: `SERIAL-${udid}`, finalVersion: end.version, finalBuild: end.build, violations: [] },
    events: fails && role.ring < 2 ? [failure(at), failure(at + HOUR)] : [],
    installsExecuted: fails ? [] : [install(at)],
    downloadsExecuted: fails && role.ring === 2 ? [] : [{ at: at - HOUR, ...RELEASE }],
  };
  return { role, record: record as unknown as SimRecord };
}

export const MACS: readonly Mac[] = DEVICES.map(macOf);

/** The first Mac of a ring that has the faulty model, or none. */
export function macIn(ring: number, isFaulty: boolean): Mac {
  const found = MACS.find(({ role }) => role.ring === ring && (role.model === FAULTY) === isFaulty);
  if (found === undefined) throw new Error(`no such Mac in ring ${ring}`);
  return found;
}

export const withRecord = ({ role, record }: Mac, more: Partial<SimRecord>): Mac => ({
  role,
  record: { ...record, ...more },
});

const job = (state: string, reason: string, params: Readonly<Record<string, string>>): DeviceDetail["job"] =>
  ({ state, reason, mechanism: "command", verdict: { code: reason, params, sentence: "It is so." } }) as never;
export const UPDATED = job("done", "updated", {});
export const WITHDRAWN = job("stopped", "withdrawn-not-installing", { cause: "release-blocked" });

/** What the server says of a Mac that ended as it must. */
export function saidOf({ role, record }: Mac): Said {
  const fails = role.model === FAULTY;
  const had = role.ring < 2 ? WITHDRAWN : null;
  return {
    osVersion: record.finalVersion,
    buildVersion: record.finalBuild,
    compliance: { class: "on-target", target: fails ? BEFORE.version : RELEASE.version } as never,
    job: fails ? had : UPDATED,
  };
}

/** The same as a device of the admin API. */
export const detailOf = (mac: Mac): DeviceDetail => ({ udid: mac.record.udid, ...saidOf(mac) }) as DeviceDetail;
