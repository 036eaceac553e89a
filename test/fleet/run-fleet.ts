/** A whole run: a server process, a fleet that enrolls, one plan, and what became of every device. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  declaredKindNames,
  type Faults,
  type KindName,
  pushCertificate,
  runFleet as startFleet,
  scaledClock as simulatorClock,
  type SimRecord,
  startFakeApns,
} from "../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../src/catalog/index.ts";
import type { DeviceView, PlanView, TimelineEntry } from "../../src/contract/index.ts";
import { formatClockSpec } from "../../src/main/clock.ts";
import { EXPECTED_ENDS } from "../../src/demo/expected.ts";
import { reserveLoopbackPort } from "../../src/demo/port.ts";
import { type DeviceOutcome, START, WINDOW } from "./outcome.ts";
import { type ChildServer, childServer } from "./child-server.ts";
import { type PatientClient, patientClient } from "./patient-client.ts";

export interface RunOptions {
  readonly count: number;
  readonly seed: string;
  /** Virtual seconds per real one. */
  readonly speed: number;
  readonly faults?: Faults;
  /** The kinds of device; every one when absent. */
  readonly kinds?: readonly KindName[];
  /** Real ms from the server's start to its next kill; undefined: it is left alone from now on. */
  nextKill?(): number | undefined;
  /** The run ends after this long (real ms), whatever has become of the devices. */
  readonly limit: number;
}

export interface Outcome {
  readonly devices: readonly DeviceOutcome[];
  readonly kills: number;
  /** How many of them came before every device was settled. */
  readonly busyKills: number;
  /** When the plan was made (virtual ms UTC). */
  readonly planAt: number;
  /** Every device was settled before the limit. */
  readonly settled: boolean;
}

export async function runFleet(options: RunOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "uptick-fleet-"));
  const ending = new AbortController();
  const apns = await startFakeApns();
  let server: ChildServer | undefined;
  let fleet: ReturnType<typeof startFleet> | undefined;
  try {
    const apnsCa = join(folder, "apns-ca.pem");
    writeFileSync(apnsCa, apns.caPem);
    const [port, webPort] = [await reserveLoopbackPort(), await reserveLoopbackPort()];
    const clockStart = Date.now();
    const clock = simulatorClock({ start: START, factor: options.speed });
    server = childServer({
      webPort,
      flags: {
        "data-dir": join(folder, "data"),
        "device-listen": `127.0.0.1:${port}`,
        "public-url": `https://localhost:${port}`,
        "apns-host": `${apns.host}:${apns.port}`,
        "apns-ca": apnsCa,
        clock: formatClockSpec({ virtualStart: START, realStart: clockStart, speed: options.speed }),
        "push-rate": "1000",
        "log-level": "error",
      },
    });
    await server.start();
    const api = patientClient(server.webUrl, () => server?.token ?? "");
    await api.once("PUT", "/api/v1/push-certificate", pushCertificate("com.apple.mgmt.External.fleet").pem, PEM);
    await api.once(
      "PUT",
      `/api/v1/catalog?modifiedAt=${new Date(SAMPLE_SERVED_AT).toISOString()}`,
      JSON.stringify(sampleLookupService()),
    );
    const made = await api.once<{ profile: string }>(
      "POST",
      "/api/v1/enrollments",
      JSON.stringify({ uses: options.count }),
    );
    const profile = Buffer.from(made?.profile ?? "", "base64");
    const startedFleet = startFleet({
      profile,
      count: options.count,
      seed: options.seed,
      clock,
      apns,
      signal: ending.signal,
      ...(options.faults && { faults: options.faults }),
      ...(options.kinds && { kinds: options.kinds }),
    });
    fleet = startedFleet;
    const killing = { kills: 0 };
    const killed = killAgainAndAgain(server, options, ending.signal, killing);
    const kinds = new Map(startedFleet.devices.map(({ udid, kind }) => [udid, kind]));
    const reported = (): boolean => startedFleet.records().every(hasReported);
    const settled = await bring(api, kinds, reported, options);
    // Kills that are still to come find a fleet that has nothing to do but poll.
    const busyKills = killing.kills;
    await killed;
    ending.abort();
    await fleet.done;
    return {
      devices: await read(api, fleet.records()),
      kills: killing.kills,
      busyKills,
      settled,
      planAt: (await api.get<{ rows: PlanView[] }>("/api/v1/plans")).rows[0]?.createdAt ?? 0,
    };
  } finally {
    ending.abort();
    await fleet?.done.catch(() => undefined);
    await server?.stop();
    await apns.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The device has said what it takes. A plan that is made before is told to it by command after a day, and a server that is
 * killed again and again spends days of the fleet's clock in starting.
 */
function hasReported({ kind, declarations }: SimRecord): boolean {
  if (["iphone-declared-silent", "iphone-declared-lags"].includes(kind)) return true;
  return !DECLARED.has(kind) || (declarations?.reports.accepted ?? 0) > 0;
}

const DECLARED: ReadonlySet<string> = new Set(declaredKindNames);

const PEM = "application/x-pem-file";

/** Kills the server and starts it again, as often as `nextKill` says; afterwards it runs. */
async function killAgainAndAgain(
  server: ChildServer,
  options: RunOptions,
  signal: AbortSignal,
  count: { kills: number },
): Promise<void> {
  for (;;) {
    const after = options.nextKill?.();
    if (after === undefined || signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, after));
    if (signal.aborted) return;
    await server.kill();
    count.kills += 1;
    await server.start();
  }
}

/** Waits for the fleet, asks for the update, and waits for its end. True when every device was settled in time. */
async function bring(
  api: PatientClient,
  kinds: ReadonlyMap<string, string>,
  reported: () => boolean,
  { count, limit }: RunOptions,
): Promise<boolean> {
  const until = Date.now() + limit;
  const all = async (): Promise<readonly DeviceView[]> =>
    (await api.get<{ rows: DeviceView[] }>("/api/v1/devices?limit=1000")).rows;
  const wait = async (done: () => Promise<boolean>): Promise<boolean> => {
    while (!(await done())) {
      if (Date.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return true;
  };
  const known = (row: DeviceView): boolean => row.osVersion !== null && row.supervised !== null;
  if (!(await wait(async () => reported() && (await all()).filter(known).length === count))) return false;
  // A create whose reply was cut off may have been accepted: it is looked for before it is asked again.
  const plans = async (): Promise<readonly PlanView[]> => (await api.get<{ rows: PlanView[] }>("/api/v1/plans")).rows;
  await wait(async () => {
    if ((await plans()).length > 0) return true;
    await api.once("POST", "/api/v1/plans", JSON.stringify(PLAN));
    return false;
  });
  return wait(async () => {
    const [plan] = await plans();
    return plan?.pending === 0 && (await all()).every((row) => isSettled(row, kinds.get(row.udid) ?? ""));
  });
}

const PLAN = {
  to: "iOS=26.6.1,macOS=26.6.2,tvOS=26.6,visionOS=26.6.1",
  devices: ["all"],
  action: "install",
  window: WINDOW.text,
  zone: WINDOW.zone,
};

/**
 * A device that a person has to help counts as settled: it would be tried again for days. So does one whose declared
 * moment has passed and that does nothing.
 */
function isSettled({ job }: DeviceView, kind: string): boolean {
  if (job === null || job.finishedAt !== null) return job !== null;
  const expected = EXPECTED_ENDS[kind];
  if (job.mechanism === "command") return job.state === "blocked" && expected?.state === "blocked";
  return job.state === expected?.state && job.reason === expected.reason;
}

async function read(api: PatientClient, records: readonly SimRecord[]): Promise<DeviceOutcome[]> {
  const outcomes: DeviceOutcome[] = [];
  for (const record of records) {
    const path = `/api/v1/devices/${record.udid}`;
    const timeline: TimelineEntry[] = [];
    let before: number | null = null;
    do {
      const page: { rows: TimelineEntry[]; next: number | null } = await api.get(
        `${path}/timeline?limit=1000${before === null ? "" : `&before=${before}`}`,
      );
      timeline.push(...page.rows);
      before = page.next;
    } while (before !== null);
    outcomes.push({ record, device: await api.get(path), timeline });
  }
  return outcomes;
}
