/** A script that was written from the OpenAPI document alone takes a new server to an updated fleet (`by-openapi.sh`). */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type KindName, pushCertificate, readProfile, runFleet, scaledClock } from "../../simulator/index.ts";
import { sampleLookupService } from "../../src/catalog/index.ts";
import { START, startUptick, type Uptick } from "../support/index.ts";

const SCRIPT = fileURLToPath(new URL("by-openapi.sh", import.meta.url));
const KINDS: readonly KindName[] = ["iphone-no-passcode", "apple-tv", "iphone-declared"];
/** Server and devices share a clock on which a day passes in a minute and a half; nothing of the test hangs on how fast. */
const SPEED = 1000;
const LIMIT = 300_000;

const hasJq = ((): boolean => {
  try {
    execFileSync("jq", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

let uptick: Uptick;
const folder = mkdtempSync(join(tmpdir(), "uptick-walk-"));
const over = new AbortController();
const clock = scaledClock({ start: START, factor: SPEED });
let living: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  uptick = await startUptick({
    setup: true,
    push: false,
    clock: () => ({
      now: () => clock.now(),
      async until(at, signal) {
        for (let left = at - clock.now(); left > 0 && !signal.aborted; left = at - clock.now())
          await clock.sleep(Math.min(left, 100 * SPEED), signal);
      },
    }),
  });
  writeFileSync(join(folder, "push.pem"), pushCertificate("com.apple.mgmt.External.walk").pem);
  writeFileSync(join(folder, "catalog.json"), JSON.stringify(sampleLookupService()));
});
afterAll(async () => {
  over.abort();
  await living;
  await uptick.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The devices enroll as soon as they are given the profile. */
async function enrollLater(): Promise<void> {
  const file = join(folder, "enroll.mobileconfig");
  while (!existsSync(file)) {
    if (over.signal.aborted) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  const options = { count: KINDS.length, seed: "walk", kinds: KINDS, clock, apns: uptick.apns, signal: over.signal };
  await runFleet({ ...options, profile: readProfile(readFileSync(file)) }).done;
}

it.skipIf(!hasJq)(
  "sets up a server, enrolls devices, makes a plan, follows it to its end and exports the report",
  async () => {
    living = enrollLater();
    const { host, port } = uptick.server.web;
    const env = {
      ...process.env,
      BASE: `http://${host}:${port}`,
      SETUP: uptick.setupLink?.split("#")[1] ?? "",
      WORK: folder,
      COUNT: String(KINDS.length),
    };
    const { stdout } = await promisify(execFile)("bash", [SCRIPT], { env, timeout: LIMIT });
    expect(stdout).toContain("3 of 3 are enrolled");
    expect(stdout).toMatch(/ {3}3 of 3 are done, after \d+ events/);
    expect(stdout).toContain("3 devices in devices.csv, 3 in report.ndjson");
  },
  LIMIT,
);
