/**
 * The demo's report: the outcome for each device, as the server says it and as it truly was, and the story of rings. It has no id,
 * key or address, so one seed gives one report, byte for byte, for as long as server and devices do the same.
 */
import { writeFileSync } from "node:fs";
import type { SimInstall } from "../../simulator/index.ts";
import { UptickError } from "../errors/index.ts";
import type { End } from "./ends.ts";
import type { MacEnd, RingsEnd } from "./rings/ends.ts";
import { PLAN, RELEASE } from "./rings/macs.ts";

/** The JSON text: devices by serial number; virtual times as ISO 8601 in UTC. */
export function reportOf(ends: readonly End[], rings: RingsEnd): string {
  const { course, problems, macs } = rings;
  const story = course.news.map(({ at, text }) => ({ at: iso(at), text }));
  const devices = bySerial(macs).map((end) => ({ ...reported(end), ...part(end) }));
  const standing = { plan: PLAN, release: RELEASE.version, problems, story, devices };
  return `${JSON.stringify({ devices: bySerial(ends).map(reported), standing }, null, 2)}\n`;
}

const bySerial = <E extends End>(ends: readonly E[]): E[] =>
  ends.toSorted((a, b) => (a.record.serial < b.record.serial ? -1 : 1));

const part = ({ ring, model, blocked, failedInstalls }: MacEnd) => ({
  ring,
  model,
  blocked,
  failedInstalls: failedInstalls.map(iso),
});

/** Throws `file-unreadable`. */
export function writeReport(file: string, ends: readonly End[], rings: RingsEnd): void {
  try {
    writeFileSync(file, reportOf(ends, rings));
  } catch (cause) {
    throw new UptickError("file-unreadable", `The report can't be written: ${(cause as Error).message}.`, { cause });
  }
}

function reported({ record, kind, state, reason, verdict, mechanism, problems, ...observed }: End) {
  return {
    serial: record.serial,
    kind,
    state,
    reason,
    verdict,
    mechanism,
    problems,
    ...observed,
    finalVersion: record.finalVersion,
    finalBuild: record.finalBuild,
    timeZone: record.timeZone,
    enrolledAt: iso(record.enrolledAt),
    commands: record.commandsExecuted.map(({ at, requestType, action, status }) => ({
      at: iso(at),
      requestType,
      ...(action === undefined ? {} : { action }),
      status,
    })),
    declared: (record.declarations?.plannings ?? []).map(({ at, version, local }) => ({ at: iso(at), version, local })),
    downloads: record.downloadsExecuted.map(({ at, version, build }) => ({ at: iso(at), version, build })),
    installs: record.installsExecuted.map(install),
    otherInstalls: record.otherInstalls.map(({ at, name, restarts }) => ({ at: iso(at), name, restarts })),
    restarts: record.restarts.map(({ at, why }) => ({ at: iso(at), why })),
  };
}

function install({ at, finishedAt, version, build, action, local, zone, consented, declared }: SimInstall) {
  return {
    at: iso(at),
    finishedAt: iso(finishedAt),
    version,
    build,
    action,
    local,
    zone,
    consented,
    ...(declared && { declared: { local: declared.local, lateMs: declared.late, excuse: declared.excuse } }),
  };
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
