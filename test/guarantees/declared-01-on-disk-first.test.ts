/** What a device syncs and reports is on disk before its 200, and said twice it changes nothing twice. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Able,
  ableDevice,
  ARRIVED,
  BY_FRIDAY,
  declaredPlan,
  inForce,
  jobOf,
  kindsOf,
  makePlan,
  pendingBy,
  type Reply,
  SOON,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick({ threads: true });
});
afterAll(() => uptick.close());

const ID = "(SELECT id FROM enrollment WHERE apple_id = ?)";
/** In an order that does not depend on which of them was written last. */
const row = (columns: string, table: string, udid: string): unknown =>
  uptick
    .rows(`SELECT ${columns} FROM ${table} WHERE enrollment_id = ${ID}`, udid)
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

const jobRow = (udid: string): unknown =>
  uptick.rows(`SELECT state, reason FROM job WHERE enrollment_id = ${ID} ORDER BY created_at DESC LIMIT 1`, udid)[0];

describe("guarantee 1 by declaration: on disk before it is acknowledged", () => {
  it("holds for a report, a sync, a fetched declaration, a withdrawal", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    const id = await declaredPlan(uptick, able);

    await its.ask("declaration-items");
    const [list] = row("synced_token, token, held", "declarative", device.udid) as Record<string, unknown>[];
    expect(list).toMatchObject({ synced_token: list?.["token"], held: 0 });

    await its.sync();
    expect(row("held", "declarative", device.udid)).toEqual([{ held: 1 }]);
    expect(jobRow(device.udid)).toEqual({ state: "declaring", reason: "taken" });

    await its.report({ ...pendingBy(its), "softwareupdate.install-state": "downloading" }, { declarations: true });
    expect(jobRow(device.udid)).toEqual({ state: "downloading", reason: "downloading" });
    expect(JSON.stringify(row("doc", "device_status", device.udid))).toContain("downloading");

    await stopPlan(uptick, id);
    await its.ask("tokens");
    expect(jobRow(device.udid)).toEqual({ state: "stopping", reason: "withdrawal-unconfirmed" });
    const withdrawn = `SELECT withdrawn_at FROM declaration WHERE identifier LIKE 'uptick.update.%' AND enrollment_id = ${ID}`;
    expect(uptick.rows(withdrawn, device.udid)).toEqual([{ withdrawn_at: expect.any(Number) }]);
  });

  it("holds over a restart between any two messages: the job still reaches its end", async () => {
    const { device, its } = await ableDevice(uptick);
    const { id } = await makePlan(uptick, [device.udid], BY_FRIDAY);
    const states: string[] = [];
    const says: readonly (() => Promise<unknown>)[] = [
      () => device.session(),
      () => its.ask("tokens"),
      () => its.ask("declaration-items"),
      () => its.sync(),
      () => its.report({}, { declarations: true }),
      () => its.report({ ...pendingBy(its), "softwareupdate.install-state": "downloading" }),
      () => its.report({ ...pendingBy(its), "softwareupdate.install-state": "prepared" }),
      () => its.report({ ...pendingBy(its), "softwareupdate.install-state": "installing" }),
      () => its.report(ARRIVED),
      // Its report is not enough: it is asked.
      () => {
        device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
        return device.session();
      },
      () => its.sync(),
    ];
    for (const say of says) {
      await say();
      await uptick.restart();
      states.push((await jobOf(uptick, device.udid)).state);
    }
    expect([...new Set(states)]).toEqual(["declaring", "declared", "downloading", "ready", "installing", "done"]);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ planId: id, reason: "updated" });
    expect(its.update()).toBeUndefined();
  });

  it("acknowledges no report and no list whose commit fails", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await declaredPlan(uptick, able);
    const before = memory(device.udid);
    const mend = await uptick.fail("commit");
    try {
      const replies = [await its.ask("declaration-items"), await its.report(ARRIVED)];
      expect(replies.map(({ status, body }) => [status, body.length])).toEqual(Array(2).fill([503, 0]));
    } finally {
      await mend();
    }
    expect(uptick.takeErrors().length).toBeGreaterThan(0);
    expect(memory(device.udid)).toEqual(before);
    await its.arrive(ARRIVED);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done" });
  });
});

/** What is remembered of a device, but for moments: those of a repetition are later. */
function memory(udid: string): unknown {
  const job = uptick.rows<{ doc: string }>(
    `SELECT state, reason, live, doc FROM job WHERE enrollment_id = ${ID}`,
    udid,
  );
  return {
    declarative: row("token, items, left_out, changed_at, knows, held, synced_token", "declarative", udid),
    declaration: row("kind, identifier, server_token, body, withdrawn_at", "declaration", udid),
    status: row("doc", "device_status", udid),
    command: row("uuid, request_type, state", "command", udid),
    closed: row("uuid, outcome", "closed_command", udid),
    enrollment: uptick.rows(
      "SELECT state, os_version, build_version, enforces FROM enrollment WHERE apple_id = ?",
      udid,
    ),
    job: job.map(({ doc, ...rest }) => {
      const { declared, orders, out, mechanism, since, createdAt } = JSON.parse(doc) as Record<string, object>;
      const { takenAt, inForceAt } = declared as Record<string, unknown>;
      return { ...rest, takenAt, inForceAt, orders, out, mechanism, since, createdAt };
    }),
  };
}

describe("guarantee 1 by declaration: what comes twice", () => {
  const says: Readonly<Record<string, (able: Able) => Promise<Reply>>> = {
    tokens: ({ its }) => its.ask("tokens"),
    "the list": ({ its }) => its.ask("declaration-items"),
    "a declaration": ({ its }) => its.ask(`declaration/configuration/${its.update()?.Identifier ?? ""}`),
    "a declaration never sent": ({ its }) => its.ask("declaration/configuration/of.nobody"),
    "a report that it downloads": ({ its }) =>
      its.report({ ...pendingBy(its), "softwareupdate.install-state": "downloading" }),
    "a report that it failed": ({ its }) =>
      its.report({
        ...pendingBy(its),
        "softwareupdate.install-state": "failed",
        "softwareupdate.failure-reason": { count: 2, reason: "no power" },
      }),
    "a full report": ({ its }) => its.report({}, { full: true, declarations: true }),
    "a report of the target": ({ its }) => its.report(ARRIVED),
    "a report that is none": ({ its }) => its.ask("status", "{"),
  };

  it.each(Object.entries(says))("changes nothing twice and is answered alike: %s", async (_title, say) => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    const first = await say(able);
    const once = memory(able.device.udid);
    for (let nth = 0; nth < 3; nth += 1) {
      const again = await say(able);
      expect([again.status, again.body.toString()]).toEqual([first.status, first.body.toString()]);
      expect(memory(able.device.udid)).toEqual(once);
    }
  });

  it("is a withdrawal: confirmed once", async () => {
    const able = await ableDevice(uptick);
    const id = await inForce(uptick, able);
    await stopPlan(uptick, id);
    await expect.poll(async () => (await jobOf(uptick, able.device.udid)).state, SOON).toBe("stopping");
    for (let nth = 0; nth < 2; nth += 1) await able.its.sync();
    for (let nth = 0; nth < 3; nth += 1) await able.its.report({}, { declarations: true });
    const once = memory(able.device.udid);
    await able.its.sync();
    expect(memory(able.device.udid)).toEqual(once);
    const ends = (await uptick.timeline(able.device.udid)).filter(
      ({ kind, data }) => kind === "job-step" && Object(data).to === "stopped",
    );
    expect(ends).toHaveLength(1);
    expect((await kindsOf(uptick, able.device.udid)).filter((kind) => kind === "declarations-listed")).not.toEqual([]);
  });
});
