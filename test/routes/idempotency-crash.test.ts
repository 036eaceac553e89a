/** A server that dies at any line of a write with an Idempotency-Key: the same request afterwards does it once, and never says that it did what it did not. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleLookupService } from "../../src/catalog/index.ts";
import { certificateRow, enrollmentRow } from "../../src/store/suite-rows.ts";
import { toSql } from "../../src/store/mapping.ts";
import { live } from "./dying-server.ts";

const directory = mkdtempSync(join(tmpdir(), "uptick-keyed-"));
const BASE = join(directory, "base.sqlite");
const HERE = join(directory, "here.sqlite");
/** More than one transaction tags. */
const DEVICES = 103;
let token = "";
let planId = "";

const asked = (method: "POST" | "PATCH", url: string, body: object, more: object = {}): InjectOptions => ({
  method,
  url,
  headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...more },
  payload: JSON.stringify(body),
});

beforeAll(async () => {
  const first = await live(BASE);
  token = first.token ?? "";
  const db = new DatabaseSync(BASE);
  const insert = (table: "enrollment" | "certificate", row: object): void => {
    const stored = toSql(table, row);
    const names = Object.keys(stored);
    db.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => "?").join()})`).run(
      ...Object.values(stored),
    );
  };
  for (let n = 0; n < DEVICES; n += 1) {
    const id = `0198c000-0000-7000-8000-${String(n).padStart(12, "0")}`;
    insert("enrollment", enrollmentRow(id, { serial: `SERIAL${n}` }));
    insert("certificate", certificateRow(`f${n}`, { enrollmentId: id }));
  }
  db.close();
  await first.app.inject({
    ...asked("POST", "/api/v1/catalog", sampleLookupService() as object),
    method: "PUT",
    url: "/api/v1/catalog?acceptSmaller=true",
  });
  const body = { to: "26.6.1", action: "download", devices: ["SERIAL0"], name: "made before" };
  planId = (await first.app.inject(asked("POST", "/api/v1/plans", body))).json<{ id: string }>().id;
  await first.end();
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Outcome {
  readonly status: number;
  readonly body: { readonly [field: string]: unknown };
  /** The reply to the same request once more. */
  readonly again: { readonly status: number; readonly text: string; readonly replayed: unknown };
  readonly text: string;
}

/** Does the request in a process that dies at each point that there is, and then in the one after it. */
async function diesEverywhere(request: InjectOptions, look: (outcome: Outcome, db: DatabaseSync) => void) {
  const keyed = { ...request, headers: { ...request.headers, "idempotency-key": "k-1" } };
  const whole = await start();
  const reply = await whole.app.inject(keyed);
  const points = whole.points();
  await whole.end();
  for (let point = 1; point <= points; point += 1) {
    const dying = await start(point);
    const answered = await Promise.race([dying.app.inject(keyed), dying.died]);
    await dying.end();
    // It may die after its last line, when it has answered: then that answer stands.
    const next = await live(HERE);
    const { statusCode: status, body: text } = await next.app.inject(keyed);
    expect([point, text]).toEqual([point, answered?.body ?? text]);
    const again = await next.app.inject(keyed);
    await next.end();
    const db = new DatabaseSync(HERE);
    const replayed = again.headers["idempotent-replayed"];
    const body = JSON.parse(text === "" ? "{}" : text) as Outcome["body"];
    look({ status, text, body, again: { status: again.statusCode, text: again.body, replayed } }, db);
    db.close();
  }
  return { points, status: reply.statusCode };
}

async function start(dies?: number) {
  copyFileSync(BASE, HERE);
  const made = await live(HERE, dies);
  made.begin();
  return made;
}

const count = (db: DatabaseSync, sql: string): unknown => db.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.["n"];

describe("a server that dies at any line of a write", () => {
  it("makes one plan, whose reply is the plan, and the same one again", async () => {
    const body = { to: "26.6.1", action: "download", devices: ["SERIAL1", "SERIAL2"], name: "one", replace: true };
    const { points, status } = await diesEverywhere(asked("POST", "/api/v1/plans", body), (outcome, db) => {
      const plans = db.prepare("SELECT id FROM plan WHERE name = 'one'").all();
      expect([outcome.status, plans]).toEqual([201, [{ id: outcome.body["id"] }]]);
      expect(outcome.again).toEqual({ status: 201, text: outcome.text, replayed: "true" });
      expect(count(db, `plan_device WHERE plan_id = '${String(outcome.body["id"])}'`)).toBe(2);
      expect(count(db, "audit WHERE route = 'createPlan' AND outcome = 'ok' AND object_id <> '" + planId + "'")).toBe(
        1,
      );
    });
    expect(status).toBe(201);
    expect(points).toBeGreaterThanOrEqual(8);
  });

  it("edits a plan once: the revision that the request names is not found stale by its own change", async () => {
    const edit = asked("PATCH", `/api/v1/plans/${planId}`, { revision: 1, name: "edited" });
    await diesEverywhere(edit, (outcome, db) => {
      expect(outcome).toMatchObject({ status: 200, body: { revision: 2, name: "edited" } });
      expect(outcome.again).toEqual({ status: 200, text: outcome.text, replayed: "true" });
      expect(count(db, "plan WHERE name = 'edited' AND revision = 2")).toBe(1);
    });
  });

  it("tags all devices of a request, also those to which it had not come", async () => {
    const tag = asked("POST", "/api/v1/devices/tag", { devices: ["all"], add: ["pilot"] });
    await diesEverywhere(tag, (outcome, db) => {
      expect(outcome).toMatchObject({ status: 200, body: { devices: DEVICES } });
      expect(count(db, "device_tag WHERE tag = 'pilot'")).toBe(DEVICES);
      expect(count(db, "timeline WHERE kind = 'tags-changed'")).toBe(DEVICES);
    });
  });

  it("makes one token, and says which where it can't show it any more; the store never has it in clear", async () => {
    const seen = new Set<number>();
    await diesEverywhere(asked("POST", "/api/v1/tokens", { name: "ci" }), (outcome, db) => {
      seen.add(outcome.status);
      expect(count(db, "admin_token WHERE name = 'ci'")).toBe(1);
      const made = outcome.body["token"];
      const file = readFileSync(HERE).toString("latin1");
      const shown = typeof made === "string" ? made : "never shown";
      expect(file.includes(shown)).toBe(false);
      expect(outcome.again.text.includes(shown) || made === undefined).toBe(true);
      const lost = { code: "idempotency-answer-lost", object: { kind: "token", id: "ci" } };
      expect(outcome.body).toMatchObject(made === undefined ? lost : { name: "ci" });
    });
    expect(seen).toEqual(new Set([201, 409]));
  });
});
