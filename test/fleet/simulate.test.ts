/** `uptick simulate` as a user runs it, against a server process of its own, and its report beside the server's records. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kindNames, pushCertificate } from "../../simulator/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import type { DeviceView, Refusal } from "../../src/contract/index.ts";
import { main } from "../../src/program/main.ts";
import { reserveLoopbackPort } from "../support/loopback-port.ts";
import type { SimulationReport } from "../../src/simulate/words.ts";
import { type ChildServer, childServer } from "./child-server.ts";
import { type PatientClient, patientClient } from "./patient-client.ts";

const BIN = fileURLToPath(new URL("../../bin/uptick.js", import.meta.url));
const COUNT = kindNames.length;
/** Nothing here takes long; a busy machine makes it so (real ms). */
const LIMIT = 300_000;
const folder = mkdtempSync(join(tmpdir(), "uptick-simulate-"));
const profile = join(folder, "enrol.mobileconfig");
const apnsCa = join(folder, "apns-ca.pem");

let server: ChildServer;
let api: PatientClient;
let apnsPort: number;

async function enrollmentProfile(uses: number): Promise<Buffer> {
  const made = await api.once<{ profile: string }>("POST", "/api/v1/enrollments", JSON.stringify({ uses }));
  return Buffer.from(made?.profile ?? "", "base64");
}

beforeAll(async () => {
  const [port, webPort] = [await reserveLoopbackPort(), await reserveLoopbackPort()];
  apnsPort = await reserveLoopbackPort();
  server = childServer({
    webPort,
    flags: {
      "data-dir": join(folder, "data"),
      "device-listen": `127.0.0.1:${port}`,
      // Devices find it at another address than the profile says.
      "public-url": `https://mdm.example:${port}`,
      "apns-host": `127.0.0.1:${apnsPort}`,
      "last-seen-flush": "200",
      "log-level": "error",
    },
  });
  await server.start();
  api = patientClient(server.webUrl, () => server.token);
  await api.once(
    "PUT",
    "/api/v1/push-certificate",
    pushCertificate("com.apple.mgmt.External.simulate").pem,
    "application/x-pem-file",
  );
  writeFileSync(profile, await enrollmentProfile(COUNT));
}, LIMIT);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `until`: interrupted with Ctrl-C as soon as that holds. */
function simulate(args: readonly string[], until?: () => Promise<boolean>): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, "simulate", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr, ended] = ["", "", false];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => {
      ended = true;
      resolve({ code, stdout, stderr });
    });
    const look = async (): Promise<void> => {
      while (!ended && until !== undefined && !(await until())) await new Promise((again) => setTimeout(again, 200));
      if (until !== undefined) child.kill("SIGINT");
    };
    look().catch(reject);
  });
}

const devices = async (): Promise<readonly DeviceView[]> =>
  (await api.get<{ rows: DeviceView[] }>("/api/v1/devices?limit=1000")).rows;

describe("uptick simulate", () => {
  it(
    "enrolls all devices over HTTPS, answers their commands, and reports what the server saw too",
    async () => {
      const file = join(folder, "report.json");
      const { port } = new URL((await api.get<{ publicUrl: string }>("/api/v1/status")).publicUrl);
      const ran = await simulate(
        [
          ...["--profile", profile, "--server", `https://localhost:${port}`, "--count", String(COUNT)],
          ...["--poll-every", "1s", "--seed", "7", "--report", file],
        ],
        async () =>
          (await devices()).filter(({ osVersion, supervised }) => osVersion !== null && supervised !== null).length ===
          COUNT,
      );
      expect([ran.code, ran.stderr]).toEqual([0, ""]);
      const report = JSON.parse(readFileSync(file, "utf8")) as SimulationReport;
      expect(report).toMatchObject({ count: COUNT, enrolled: COUNT, refused: 0, unenrolled: 0, errors: {} });
      expect(report.polls).toBeGreaterThanOrEqual(COUNT);
      expect(report.requests).toMatchObject({ PKIOperation: COUNT, Authenticate: COUNT });
      expect(ran.stdout).toContain(`${COUNT} of ${COUNT} enrolled`);
      const rows = await devices();
      // A user enrollment does not tell its serial; there is one.
      const told = (kind: string, serial: string): string | null => (kind === "iphone-user-enrollment" ? null : serial);
      expect(new Map(report.devices.map((device) => [told(device.kind, device.serial), device.finalVersion]))).toEqual(
        new Map(rows.map(({ serial, osVersion }) => [serial, osVersion])),
      );
      expect(new Set(report.devices.map(({ kind }) => kind))).toEqual(new Set(kindNames));
      expect(report.commands["DeviceInformation"]).toBeGreaterThanOrEqual(COUNT);
    },
    LIMIT,
  );

  it(
    "says so, and ends with 1, where a profile's challenge is used up before every device is in",
    async () => {
      const few = join(folder, "few.mobileconfig");
      writeFileSync(few, await enrollmentProfile(1));
      const { port } = new URL((await api.get<{ publicUrl: string }>("/api/v1/status")).publicUrl);
      const at = ["--profile", few, "--server", `https://localhost:${port}`];
      const refused = async (): Promise<number> => {
        const { rows } = await api.get<{ rows: Refusal[] }>("/api/v1/refusals?source=scep");
        return rows.reduce((sum, { count }) => sum + count, 0);
      };
      const before = new Set((await devices()).map(({ id }) => id));
      let first: string | undefined;
      // It has polled since the server refused the others: by then they know.
      const polled = async (): Promise<boolean> => {
        if ((await refused()) < 2) return false;
        const seen = (await devices()).find(({ id }) => !before.has(id))?.lastSeenAt ?? undefined;
        first ??= seen;
        return first !== undefined && seen !== undefined && seen > first;
      };
      const asked = [...at, "--count", "3", "--seed", "few", "--poll-every", "1s"];
      const { code, stdout, stderr } = await simulate(asked, polled);
      expect(code).toBe(1);
      expect(stdout).toContain("1 of 3 enrolled, 2 refused");
      expect(stderr).toContain("code: enrolment-refused");
      expect(stderr).toContain("--uses N");
    },
    LIMIT,
  );

  it(
    "starts the fake APNs where it is told to, and writes its authority",
    async () => {
      const one = join(folder, "one.mobileconfig");
      writeFileSync(one, await enrollmentProfile(1));
      const listen = ["--apns-listen", `127.0.0.1:${apnsPort}`, "--apns-ca-out", apnsCa];
      const { port } = new URL((await api.get<{ publicUrl: string }>("/api/v1/status")).publicUrl);
      const ran = await simulate([
        ...[
          "--profile",
          one,
          "--server",
          `https://localhost:${port}`,
          "--seed",
          "pushed",
          "--duration",
          "1s",
          ...listen,
        ],
      ]);
      expect([ran.code, ran.stderr]).toEqual([0, ""]);
      expect(ran.stdout).toContain(`https://127.0.0.1:${apnsPort}`);
      expect(readFileSync(apnsCa, "utf8")).toContain("BEGIN CERTIFICATE");
    },
    LIMIT,
  );

  const plain = join(folder, "plain.mobileconfig");
  writeFileSync(plain, "no profile");
  it.each<[string, string, readonly string[]]>([
    ["usage-invalid", "--count", ["--profile", profile, "--count", "0"]],
    ["usage-invalid", "10000", ["--profile", profile, "--count", "10001"]],
    ["usage-invalid", "mac-intel", ["--profile", profile, "--kinds", "mac-intel,toaster"]],
    ["usage-invalid", "--poll-every", ["--profile", profile, "--poll-every", "soon"]],
    ["usage-invalid", "--profile", []],
    ["usage-invalid", "https://", ["--profile", profile, "--server", "http://localhost"]],
    ["file-unreadable", "no-such", ["--profile", join(folder, "no-such")]],
    ["profile-invalid", "profile", ["--profile", plain]],
    ["certificate-invalid", "PEM", ["--profile", profile, "--trust", plain]],
    ["server-unreachable", "ECONNREFUSED", ["--profile", profile, "--server", "https://127.0.0.1:9"]],
  ])("ends with %s and a remedy that fits %s", async (expected, word, args) => {
    const { io, err } = world(args);
    expect(await main(["simulate", ...args], io)).toBe(expected === "usage-invalid" ? 2 : 1);
    expect(err()).toContain(`code: ${expected}`);
    expect(err()).toContain(word);
    expect(err()).toContain("remedy: ");
  });
});
