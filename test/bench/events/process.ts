/** A server with devices in a process of its own, so that what it costs is told apart from those who follow it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enrolDevice, IPHONE, startUptick } from "../../support/index.ts";
import { beginKeys, keyPool } from "../../support/key-pool.ts";

const DEVICES = 10;
const keys = mkdtempSync(join(tmpdir(), "uptick-bench-keys-"));
beginKeys(keyPool(keys));
const uptick = await startUptick({ threads: true, logLevel: "error" });
for (let n = 0; n < DEVICES; n += 1) await enrolDevice(uptick, { udid: `BENCH${n}`, serial: `BENCH${n}`, ...IPHONE });

function end(): void {
  rmSync(keys, { recursive: true, force: true });
  process.exit(0);
}

process.on("message", (asked: "cpu" | "end") => {
  if (asked === "cpu") process.send?.({ cpu: process.cpuUsage() });
  else void uptick.close().then(end);
});
process.send?.({ port: uptick.server.web.port, token: uptick.token, devices: DEVICES });
