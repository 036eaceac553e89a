/** Where the demo plays: a server on loopback with a fast clock, a fake push service and the fleet that enrolls. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fleet, pushCertificate, runFleet, startFakeApns } from "../../simulator/index.ts";
import { sampleLookupService } from "../catalog/index.ts";
import {
  type Clock,
  createClock,
  createLogger,
  formatClockSpec,
  loadConfig,
  type RunningServer,
  startServer,
} from "../main/index.ts";
import type { Actor, AdminService } from "../service/index.ts";
import { DEMO_KINDS, type DemoArguments } from "./arguments.ts";
import { reserveLoopbackPort } from "./port.ts";

export interface Stage {
  readonly admin: AdminService;
  readonly system: Actor;
  readonly clock: Clock;
  readonly fleet: Fleet;
  /** Ends the fleet, then the server; nothing is left behind. */
  close(): Promise<void>;
}

/** One real second is this many virtual ones: an hour and a half a second. */
const SPEED = 5400;
/** A Tuesday in August 2026, when the releases of the demo's catalog were new; evening in Asia, morning in America. */
const START = Date.UTC(2026, 7, 25, 12);

/** OS 27 is invented, like the devices that run it here: Apple's feed of that August has none. */
function feed(): unknown {
  const sample = sampleLookupService();
  const os27 = {
    ProductVersion: "27.0.1",
    Build: "24A311",
    PostingDate: "2026-08-24",
    ExpirationDate: "2026-11-20",
    SupportedDevices: ["iPhone14,2"],
  };
  return { ...sample, AssetSets: { ...sample.AssetSets, iOS: [...sample.AssetSets.iOS, os27] } };
}

export async function setStage({ count, seed, verbose }: DemoArguments): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "uptick-demo-"));
  const ending = new AbortController();
  const apns = await startFakeApns();
  let server: RunningServer | undefined;
  let fleet: Fleet | undefined;
  const close = async (): Promise<void> => {
    ending.abort();
    await fleet?.done.catch(() => undefined);
    await server?.stop();
    await apns.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const apnsCa = join(folder, "apns-ca.pem");
    writeFileSync(apnsCa, apns.caPem);
    const spec = { virtualStart: START, realStart: Date.now(), speed: SPEED };
    const clock = createClock(spec, () => Date.now());
    const simulated = {
      now: () => clock.now(),
      sleep: (ms: number, signal = ending.signal) => clock.until(clock.now() + ms, signal),
    };
    const port = await reserveLoopbackPort();
    const flags = [
      ["data-dir", join(folder, "data")],
      ["device-listen", `127.0.0.1:${port}`],
      ["web-listen", "127.0.0.1:0"],
      ["public-url", `https://localhost:${port}`],
      ["apns-host", `${apns.host}:${apns.port}`],
      ["apns-ca", apnsCa],
      ["clock", formatClockSpec(spec)],
      ["push-rate", "1000"],
    ].map(([name, value]) => `--${name}=${value}`);
    const config = loadConfig({ argv: flags, env: {}, readFile: () => "" });
    const log = createLogger({ level: verbose ? "info" : "error", format: "pretty", destination: process.stderr });
    server = await startServer({ config, env: {}, log, onFatal: (error) => log.error("store-ended", { error }) });
    const { admin, system } = server;
    await admin.server.importPush(system, pushCertificate("com.apple.mgmt.External.demo").pem);
    await admin.server.importCatalog(system, feed(), { modifiedAt: START });
    const { profile } = await admin.enrollment.enroll(system, { uses: count });
    fleet = runFleet({ profile, count, seed, kinds: DEMO_KINDS, clock: simulated, apns, signal: ending.signal });
    return { admin, system, clock, fleet, close };
  } catch (error) {
    await close();
    throw error;
  }
}
