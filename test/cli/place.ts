/** Where the commands are run: the whole program in this process, in front of the real server with three devices. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pushCertificate } from "../../simulator/index.ts";
import type { CliIo } from "../../src/cli/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import { faultsOf, routeAt } from "../../src/http/admin/true-replies.suite.ts";
import { main } from "../../src/program/main.ts";
import { type FakeLookupService, startLookupService } from "../support/lookup-service.ts";
import { enrolDevice, START, startUptick, type Uptick } from "../support/index.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  readonly uptick: Uptick;
  readonly lookup: FakeLookupService;
  /** Runs a command as typed, with the first admin's token, against the server as it is now. */
  readonly run: (line: readonly string[], changes?: Partial<CliIo>) => Promise<Ran>;
  /** A file in the folder of this test; with `content` it is made. Gives its path. */
  readonly file: (name: string, content?: string | Uint8Array) => string;
  readonly read: (name: string) => Buffer;
  /** Everything that an admin can change, as the database has it. */
  kept(): unknown;
  close(): Promise<void>;
}

/** The rules to which the fake service is held are those that the real one keeps. */
const heldToContract: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  const type = response.headers.get("content-type") ?? undefined;
  const text = await response.clone().text();
  const found = faultsOf(routeAt(init?.method ?? "GET", pathname), { status: response.status, type, text });
  if (found.length > 0) throw new Error(`${pathname} answers what the contract does not have: ${found.join("; ")}`);
  return response;
};

/** Tables in which only an admin's wish changes anything: what time and idle devices bring stands in others. */
const ADMINS = [
  "plan",
  "plan_device",
  "policy",
  "policy_chunk",
  "challenge",
  "enrollment_link",
  "admin_token",
  "account",
  "release",
  "device_tag",
  "device_group",
  "zone_rule",
];
const QUERIES = [
  ...ADMINS.map((table) => `SELECT * FROM ${table} ORDER BY 1, 2`),
  "SELECT id, state, admin_zone, admin_zone_by, removed_at, certificate FROM enrollment ORDER BY id",
  "SELECT enrollment_id, uuid FROM command WHERE origin = 'raw' ORDER BY 1, 2",
  "SELECT id, state FROM job ORDER BY id",
  // Warnings are noted by the server itself.
  "SELECT name, value FROM setting WHERE name NOT LIKE '%clock%' AND name <> 'warnings' ORDER BY name",
  // The key of push requests is made with the first request, whatever becomes of that.
  "SELECT owner, name, at FROM secret WHERE name <> 'PushRequestKey' ORDER BY 1, 2",
];

/** A server that nobody can enroll at yet, as after its first start with Apple's list of releases. */
export async function freshPlace(): Promise<Place> {
  const lookup = await startLookupService();
  const uptick = await startUptick({ push: false, lookupService: lookup });
  const begun = Date.now();
  const folder = mkdtempSync(join(tmpdir(), "uptick-cli-"));
  const file = (name: string, content?: string | Uint8Array): string => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  };
  return {
    uptick,
    lookup,
    file,
    read: (name) => readFileSync(join(folder, name)),
    async run(line, changes = {}) {
      const env = { UPTICK_TOKEN: uptick.token, UPTICK_URL: `http://127.0.0.1:${uptick.server.web.port}` };
      const made = world(line, {
        env,
        readFile: async (path) => readFileSync(path),
        writeFile: async (path, bytes) => writeFileSync(join(folder, path), bytes),
        now: () => START + Date.now() - begun,
        sleep: () => sleep(5),
        fetch: heldToContract,
        ...changes,
      });
      const code = await main(line, made.io);
      return { code, out: made.out(), err: made.err() };
    },
    kept: () => QUERIES.map((sql) => uptick.rows(sql)),
    async close() {
      await uptick.close();
      await lookup.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lets devices enroll, and enrolls: ONE has its job, SCRAP goes, and STRAY waits to be adopted. */
export async function furnish({ uptick }: Place): Promise<void> {
  await uptick.server.admin.server.importPush(
    uptick.server.system,
    pushCertificate("com.apple.mgmt.External.test").pem,
  );
  for (const serial of ["ONE", "SCRAP", "STRAY"]) await enrolDevice(uptick, { serial });
  await uptick.restart({
    between: (database) =>
      void database.prepare("UPDATE enrollment SET state = 'quarantined' WHERE serial = 'STRAY'").run(),
  });
}
