/** Keys of requests on a real store: who has one, until when, and what is known of the answer. */
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { isUptickError } from "../../errors/index.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import { transaction, type Transaction, type Write } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { transactions } from "../transactions.ts";
import { changedBy } from "./keyed-record.ts";
import { createKeyedRequests, KEYS_LAST, type Taken } from "./keyed-requests.ts";

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes, result: null }),
});
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function world() {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([...transactions, write] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => db.close() });
  onTestFinished(() => store.close());
  const clock = { now: 1_000_000 };
  let ids = 0;
  const ports = {
    ...store,
    newId: () => String((ids += 1)),
    realNow: () => clock.now,
    // Not the real one: what is sealed is seen to be.
    sealer: {
      seal: (plain: Uint8Array, context: string) => Uint8Array.from([...utf8(`${context}|`), ...plain].toReversed()),
      open: (sealed: Uint8Array, context: string) => sealed.toReversed().slice(utf8(`${context}|`).length),
    },
  } as unknown as Ports;
  const server = (shared = false) => createKeyedRequests(ports, { shared });
  const changes = async (taken: Taken): Promise<void> => {
    if (taken.kind === "again" || taken.work.mark === undefined) return;
    const mark = changedBy({ ...taken.work.mark, objectKind: "plan", objectId: "p" });
    await store.devices.run(write, [mark]);
  };
  return { store, clock, server, changes };
}

let requests = 0;
const request = (more: Partial<{ actor: string; key: string; body: string }> = {}) => ({
  actor: more.actor ?? "token:a",
  key: more.key ?? "k",
  asked: utf8(more.body ?? "POST /plans"),
  requestId: `r${(requests += 1)}`,
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isUptickError(error) ? error.code : "none";
}

async function work(taken: Taken) {
  if (taken.kind === "again") throw new Error("it was answered before");
  return taken.work;
}

describe("a key", () => {
  it("is the first request's until it has ended, and then has its answer", async () => {
    const { server } = world();
    const keys = server();
    const first = await keys.take(request());
    expect(first.kind).toBe("first");
    expect(await codeOf(keys.take(request()))).toBe("idempotency-key-in-use");
    await (await work(first)).end(utf8("done"));
    expect(await keys.take(request())).toEqual({ kind: "again", answer: utf8("done") });
    expect(await codeOf(keys.take(request({ body: "POST /other" })))).toBe("idempotency-key-reused");
    expect((await keys.take(request({ actor: "token:b" }))).kind).toBe("first");
    expect((await keys.take(request({ key: "other" }))).kind).toBe("first");
  });

  it("is one request's where several ask at once", async () => {
    const { server } = world();
    const keys = server();
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(keys.take(request()))));
    expect(codes.toSorted()).toEqual(["idempotency-key-in-use", "idempotency-key-in-use", "none"]);
  });

  it("is free again after a request that changed nothing and whose answer is not kept", async () => {
    const { server, store } = world();
    const keys = server();
    await (await work(await keys.take(request()))).end(null);
    expect(await store.devices.read({ from: "keyedRequest", where: {} })).toEqual([]);
    expect((await keys.take(request({ body: "another" }))).kind).toBe("first");
  });

  it("knows what was changed where the answer is not kept", async () => {
    const { server, changes } = world();
    const keys = server();
    const first = await keys.take(request());
    await changes(first);
    await (await work(first)).end(null);
    const lost = await keys.take(request());
    expect(lost).toMatchObject({ kind: "lost", object: { kind: "plan", id: "p" } });
    expect((await work(lost)).mark).toBeUndefined();
    await (await work(lost)).end(utf8("shown"));
    expect(await keys.take(request())).toMatchObject({ kind: "again" });
  });

  it.each([
    ["alone on its store: at once", false, 0, "lost"],
    ["with others on its store: not while its lease holds", true, 599_999, "idempotency-key-in-use"],
    ["with others on its store: after its lease", true, 600_000, "lost"],
  ])("of a process that has died is taken over, %s", async (_when, shared, later, expected) => {
    const { server, changes, clock } = world();
    await changes(await server(shared).take(request()));
    clock.now += later;
    const next = server(shared);
    const code = await codeOf(next.take(request()));
    expect(code === "none" ? "lost" : code).toBe(expected);
  });

  it("that was taken over lets its first holder change nothing, and keep no answer", async () => {
    const { server, changes, clock } = world();
    const slow = await server(true).take(request());
    clock.now += 600_000;
    const next = server(true);
    const second = await next.take(request());
    expect(second.kind).toBe("first");
    await changes(second);
    expect(await codeOf(changes(slow))).toBe("store-conflict");
    await (await work(slow)).end(utf8("of the slow one"));
    await (await work(second)).end(utf8("of the second"));
    expect(await next.take(request())).toEqual({ kind: "again", answer: utf8("of the second") });
  });

  it.each([
    ["to the end of its day", KEYS_LAST, "again"],
    ["and not longer", KEYS_LAST + 1, "first"],
    ["and not longer by a clock that was ahead", -KEYS_LAST - 1, "first"],
  ])("keeps its answer %s", async (_what, later, kind) => {
    const { server, changes, clock } = world();
    const keys = server();
    const first = await keys.take(request());
    await changes(first);
    await (await work(first)).end(utf8("done"));
    clock.now += later;
    expect((await keys.take(request())).kind).toBe(kind);
  });

  it("and what was asked and answered do not lie in the store as they are", async () => {
    const { server, store } = world();
    const keys = server();
    await (await work(await keys.take(request({ body: "password" })))).end(utf8("secret"));
    const [row] = await store.devices.read({ from: "keyedRequest", where: {} });
    const stored = Buffer.concat([row?.asked ?? utf8(""), row?.answer ?? utf8("")]).toString();
    expect(stored).toMatch(/drowssap/);
    expect(stored).not.toMatch(/password|secret/);
    expect(row?.id).not.toContain("k\n");
  });
});
