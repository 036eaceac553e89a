/**
 * A whole run against a real server, a process with its threads and real TLS, which is killed again and again. All of it lives
 * on one time that jumps. It is not the same each time: what a kill meets is the machine's business.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Fleet,
  type KindName,
  pushCertificate,
  runFleet,
  startFakeApns,
  type VirtualTime,
  virtualTime,
  whileHeld,
} from "../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../src/catalog/index.ts";
import type { DeviceView, PlanView, TimelineEntry } from "../../src/contract/index.ts";
import { reserveLoopbackPort } from "../support/loopback-port.ts";
import { type ChildServer, childServer } from "./child-server.ts";
import { type Asked, runCourse } from "./course.ts";
import { type Outcome, START } from "./outcome.ts";
import { type PatientClient, patientClient } from "./patient-client.ts";
import { type Progress, watchProgress } from "./progress.ts";
import { createSharedClock } from "./shared-clock.ts";

export interface KilledRun {
  readonly count: number;
  readonly kinds: readonly KindName[];
  readonly seed: string;
  /** The next kill; undefined: the server is left alone from now on. */
  nextKill(): Kill | undefined;
}

export interface Kill {
  /** Once devices have begun so many more requests. */
  readonly afterRequests: number;
  /** And so long after that (real ms): anything from before it arrives to a quiet moment later. */
  readonly delay: number;
  /** How long the server is away (virtual ms). */
  readonly away: number;
}

export interface KilledOutcome extends Outcome {
  /** All of them came before every device was settled. */
  readonly kills: number;
}

const MINUTE = 60_000;
const PEM = "application/x-pem-file";

/** Rejects when it is stuck. */
export async function runKilled(run: KilledRun): Promise<KilledOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "uptick-fleet-"));
  const ending = new AbortController();
  const shared = createSharedClock();
  const time = virtualTime({ start: START, others: shared });
  const apns = await startFakeApns();
  const progress = watchProgress(
    time,
    () => fleet?.records() ?? [],
    () => shared.awaited(),
  );
  let server: ChildServer | undefined;
  let fleet: Fleet | undefined;
  let killing: Promise<void> | undefined;
  try {
    const apnsCa = join(folder, "apns-ca.pem");
    writeFileSync(apnsCa, apns.caPem);
    const [port, webPort] = [await reserveLoopbackPort(), await reserveLoopbackPort()];
    const child = childServer({
      webPort,
      join: (process) => shared.join(process, time.now()),
      flags: {
        "data-dir": join(folder, "data"),
        "device-listen": `127.0.0.1:${port}`,
        "public-url": `https://localhost:${port}`,
        "apns-host": `${apns.host}:${apns.port}`,
        "apns-ca": apnsCa,
        "push-rate": "1000",
        "log-level": "error",
      },
    });
    server = child;
    await child.start();
    const api = patientClient(child.webUrl, () => child.token, { clock: time, pause: MINUTE });
    const profile = await prepare(api, run.count);
    const started = runFleet({
      profile,
      count: run.count,
      seed: run.seed,
      kinds: run.kinds,
      clock: progress.clock,
      apns,
      signal: ending.signal,
    });
    fleet = started;
    let kills = 0;
    killing = killAgainAndAgain(run, {
      server: child,
      time,
      progress,
      signal: ending.signal,
      onKill: () => (kills += 1),
    });
    const end = async (): Promise<void> => {
      ending.abort();
      await killing;
      // What is read from now on is of this moment.
      time.hold();
    };
    const course = runCourse(askedBy(api), time, started, end);
    // A server that does not start again rejects there; else the course says when all is over.
    const outcome = await Promise.race([course, progress.stuck, shared.broken, killing.then(() => course)]);
    return { ...outcome, kills };
  } finally {
    ending.abort();
    await Promise.allSettled([fleet?.done, killing]);
    progress.stop();
    time.stop();
    await server?.stop();
    await apns.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What an admin does before the devices come. Gives the enrollment profile. */
async function prepare(api: PatientClient, uses: number): Promise<Uint8Array> {
  await api.once("PUT", "/api/v1/push-certificate", pushCertificate("com.apple.mgmt.External.fleet").pem, PEM);
  const list = JSON.stringify(sampleLookupService());
  await api.once("PUT", `/api/v1/catalog?modifiedAt=${new Date(SAMPLE_SERVED_AT).toISOString()}`, list);
  const made = await api.once<{ profile: string }>("POST", "/api/v1/enrollments", JSON.stringify({ uses }));
  return Buffer.from(made?.profile ?? "", "base64");
}

interface Scene {
  readonly server: ChildServer;
  readonly time: VirtualTime;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly onKill: () => void;
}

/** Kills the server and starts it again, as often as `nextKill` says; afterwards it runs. */
async function killAgainAndAgain(run: KilledRun, { server, time, progress, signal, onKill }: Scene): Promise<void> {
  for (let kill = run.nextKill(); kill !== undefined; kill = run.nextKill()) {
    const { afterRequests, delay, away } = kill;
    await progress.after(afterRequests, signal);
    await new Promise((resolve) => setTimeout(resolve, delay));
    if (signal.aborted) return;
    onKill();
    await whileHeld(time, () => server.kill());
    await time.sleep(away, signal);
    await whileHeld(time, () => server.start());
  }
}

function askedBy(api: PatientClient): Asked {
  return {
    devices: async () => (await api.get<{ rows: DeviceView[] }>("/api/v1/devices?limit=1000")).rows,
    plans: async () => (await api.get<{ rows: PlanView[] }>("/api/v1/plans")).rows,
    makePlan: async (plan) => void (await api.once("POST", "/api/v1/plans", JSON.stringify(plan))),
    device: (id) => api.get(`/api/v1/devices/${id}`),
    async timeline(id) {
      const found: TimelineEntry[] = [];
      let after: string | null = null;
      do {
        const query: string = after === null ? "" : `&after=${after}`;
        const page: { rows: TimelineEntry[]; next: string | null } = await api.get(
          `/api/v1/devices/${id}/timeline?limit=1000${query}`,
        );
        found.push(...page.rows);
        after = page.next;
      } while (after !== null);
      return found;
    },
  };
}
