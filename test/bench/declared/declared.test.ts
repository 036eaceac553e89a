/** What the bench takes for declarative devices is what the server makes of one; and the bench as it is called, in small. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CAPABLE,
  declarative,
  type Device,
  enrolDevice,
  IPHONE,
  makePlan,
  planJob,
  startUptick,
  type Uptick,
} from "../../support/index.ts";
import { readOptions } from "../options.ts";
import { seedDeclared } from "./seed.ts";

/** A whole bench on a machine that has other things to do (ms). */
const BUSY_MACHINE = 120_000;
const RUN = fileURLToPath(new URL("../run.js", import.meta.url));

function bench(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [RUN, ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe("seeded declarative devices", () => {
  let uptick: Uptick;
  beforeEach(async () => {
    uptick = await startUptick();
  });
  afterEach(() => uptick.close());

  const PLAN = { deadline: "2026-08-28T17:00" };

  /** A device under a plan whose declaration it has taken up. */
  async function declaredDevice(): Promise<Device> {
    const device = await enrolDevice(uptick, { refusesDeclarations: false });
    const its = declarative(device);
    await its.settle({ "device.operating-system.version": IPHONE["OSVersion"] });
    await makePlan(uptick, [device.udid], PLAN);
    await device.session();
    await its.sync();
    await its.report({ "management.client-capabilities": CAPABLE }, { full: true, declarations: true });
    await device.session();
    // Its last push has left.
    await expect.poll(() => uptick.rows("SELECT id FROM outbox")).toEqual([]);
    return device;
  }

  /** All that the database says of how a device stands: names are numbered in the order in which they appear, moments and bytes only counted. */
  function standing(udid: string): Record<string, unknown[]> {
    const [row] = uptick.rows<{ id: string }>("SELECT id FROM enrollment WHERE apple_id = ?", udid);
    const id = row?.id ?? "";
    const names = new Map<string, string>();
    const masked = (value: unknown): unknown => {
      if (typeof value === "number") return value > 1e11 ? "moment" : value;
      if (typeof value !== "string") return value instanceof Uint8Array ? "bytes" : value;
      return value
        .replaceAll(/\b1[78]\d{11}\b/g, "moment")
        .replaceAll(
          NAMES,
          (name) => names.get(name) ?? (names.set(name, `name ${names.size}`), `name ${names.size - 1}`),
        );
    };
    const its: Record<string, unknown[]> = {};
    for (const { name: table } of uptick.rows<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table'",
    )) {
      const columns = uptick
        .rows<{ name: string }>("SELECT name FROM pragma_table_info(?)", table)
        .map(({ name }) => name);
      const of = table === "enrollment" ? "id" : ["enrollment_id", "owner"].find((column) => columns.includes(column));
      if (of === undefined || ["timeline", "closed_command", "challenge", "body", "body_batch"].includes(table))
        continue;
      const rows = uptick.rows(`SELECT * FROM ${table} WHERE ${of} = ?`, id);
      its[table] = rows.map((found) => Object.fromEntries(Object.entries(found).map(([k, v]) => [k, masked(v)])));
    }
    return its;
  }
  /** Ids, UDIDs, fingerprints and the like, and serial numbers; server tokens too, but those are compared by the tests below. */
  const NAMES = /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{22}|\b[0-9a-fA-F]{40,64}\b|\bT[0-9A-F]{10}\b/g;

  it("have the rows of one that has enrolled, synced and reported, in every table", async () => {
    const model = await declaredDevice();
    const other = await declaredDevice();
    await uptick.restart({ between: () => seedDeclared(uptick.directory, model.udid, 3) });
    const seeded = uptick.rows<{ apple_id: string }>(
      "SELECT apple_id FROM enrollment WHERE apple_id NOT IN (?, ?) ORDER BY id",
      model.udid,
      other.udid,
    );
    expect(seeded).toHaveLength(3);
    const real = standing(other.udid);
    expect(Object.entries(real).flatMap(([table, rows]) => (rows.length > 0 ? [table] : []))).toEqual(
      expect.arrayContaining(["enrollment", "job", "declarative", "declaration", "device_status", "secret"]),
    );
    for (const { apple_id } of seeded) expect(standing(apple_id)).toEqual(real);
  });

  it("are told by another plan what a real one is told", async () => {
    const model = await declaredDevice();
    await uptick.restart({ between: () => seedDeclared(uptick.directory, model.udid, 2) });
    const sent = uptick.apns.pushes.length;
    const { id, states } = await makePlan(uptick, ["all"], { deadline: "2026-08-29T17:00", replace: true });
    expect(states).toEqual({ declaring: 3 });
    const lists = uptick.rows<{ token: string; items: string }>("SELECT token, items FROM declarative");
    expect(lists).toHaveLength(3);
    expect(new Set(lists.map(({ token, items }) => `${token} ${items}`)).size).toBe(1);
    const [seeded] = uptick.rows<{ apple_id: string }>("SELECT apple_id FROM enrollment ORDER BY id LIMIT 1");
    expect((await planJob(uptick, id, seeded?.apple_id ?? "")).job.verdict.sentence).toContain("2026-08-29 17:00");
    // Their secrets open: each is pushed.
    await expect.poll(() => uptick.apns.pushes.length - sent).toBe(3);
  });

  it("are not made of a device that has a command in its queue", async () => {
    const model = await declaredDevice();
    await makePlan(uptick, [model.udid], { deadline: "2026-08-30T17:00", replace: true });
    await uptick.restart({
      between: () =>
        expect(() => seedDeclared(uptick.directory, model.udid, 1)).toThrow("the device has something in the table"),
    });
  });
});

describe("bench of declarations", () => {
  it(
    "measures syncs of a list that has changed, of one that has not, and Idle polls",
    async () => {
      const said = await bench(["--only", "declarations", "--connections", "2,3", "--idles", "5", "--passes", "2"]);
      expect(said).toMatchObject({ code: 0, err: "" });
      for (const count of [2, 3]) {
        expect(said.out).toMatch(new RegExp(`^Idle of declarative devices, ${count} +\\d`, "m"));
        expect(said.out).toMatch(new RegExp(`^tokens, nothing changed, ${count} +\\d`, "m"));
        expect(said.out).toMatch(new RegExp(`^sync of a changed list, ${count} .* syncs/s of 5\\.0 requests$`, "m"));
      }
      expect(said.out).not.toContain("FAILED");
    },
    BUSY_MACHINE,
  );

  it(
    "changes the plan of a fleet while others poll",
    async () => {
      const said = await bench(["--only", "plan", "--connections", "2", "--idles", "5", "--fleet", "40"]);
      expect(said).toMatchObject({ code: 0, err: "" });
      expect(said.out).toMatch(/^Idle, 2, while a plan changes +\d/m);
      expect(said.out).toMatch(/^plan changed: .* manifests\/s \(40 in /m);
      expect(said.out).not.toContain("FAILED");
    },
    BUSY_MACHINE,
  );

  it("says what it can't do", async () => {
    const parts =
      "aims, requests, enrolled, declarations, plan, events, decisions, catalog, rules, gate, deadlines, rehearsal, lists";
    expect(readOptions([]).parts.join(", ")).toBe(parts);
    expect(readOptions(["--proof", "mutual TLS"])).toMatchObject({ parts: ["requests"], proofs: ["mutual TLS"] });
    for (const [args, words] of [
      [["--only", "everything"], `--only is one of: ${parts}`],
      [["--proof", "word"], "--proof is one of"],
      [["--fleet", "1e9"], "--fleet takes whole numbers"],
      [["--fleets", "1"], "Unknown option"],
    ] as const)
      expect(() => readOptions(args)).toThrow(words);
    const said = await bench(["--only", "everything"]);
    expect([said.code, said.out]).toEqual([1, ""]);
    expect(said.err).toMatch(/^--only is one of: .*\n$/);
  });
});
