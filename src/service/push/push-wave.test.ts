/** Waves of pushes on rows in memory: what is claimed, what is sent, and what is written of it. */
import { describe, expect, it } from "vitest";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import type { DeviceStore, DueRows } from "../../store/index.ts";
import { enrollmentRow, outboxRow } from "../../store/suite-rows.ts";
import type { Ports, PushClient, PushMessage, PushOutcome } from "../ports.ts";
import { createPushWave } from "./push-wave.ts";

const NOW = 1_000_000;
const LEASE = 60_000;
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

interface Place {
  readonly rows: MemoryRows;
  readonly asks: readonly string[];
  readonly sent: readonly PushMessage[];
  readonly logged: readonly string[];
  send(n: number): Promise<number>;
  later(ms: number): void;
}

interface Options {
  readonly devices: number;
  readonly rows?: (rows: MemoryRows) => MemoryRows;
  /** What Apple says to the push with this magic. */
  readonly says?: (magic: string) => PushOutcome | Promise<PushOutcome>;
  /** Throws where the store fails. */
  readonly fails?: (ask: string, input: unknown) => void;
}

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `e${n}`);
const accepted = (): PushOutcome => ({ kind: "accepted" });

function place({ devices: count, rows: change = (rows) => rows, says = accepted, fails }: Options): Place {
  let now = NOW;
  let rows = change({
    enrollment: names(count).map((id) => ({
      ...enrollmentRow(id),
      appleId: `UDID-${id}`,
      topic: "t",
      state: "enrolled",
    })),
    outbox: names(count).map((id) => ({ ...outboxRow(id, NOW), generation: 7 })),
    secret: names(count).flatMap((owner) =>
      ["PushToken", "PushMagic"].map((name) => ({ owner, name, sealed: bytes(`${name} of UDID-${owner}`), at: 1 })),
    ),
  });
  const asks: string[] = [];
  const sent: PushMessage[] = [];
  const logged: string[] = [];
  const run = async (transaction: Parameters<typeof transact>[0], input: unknown): Promise<unknown> => {
    await Promise.resolve();
    asks.push(transaction.name);
    fails?.(transaction.name, input);
    const done = transact(transaction, input as never, rows);
    ({ rows } = done);
    return done.reply;
  };
  const claimDue = async (_kind: string, at: number, n: number, leaseMs: number): Promise<DueRows["outbox"][]> => {
    await Promise.resolve();
    asks.push("claim");
    const due = (rows.outbox ?? []).filter((row) => (row.dueAt ?? 0) <= at && row.leaseUntil <= at).slice(0, n);
    const leased = (rows.outbox ?? []).map((row) => (due.includes(row) ? { ...row, leaseUntil: at + leaseMs } : row));
    rows = { ...rows, outbox: leased };
    return due;
  };
  const client: PushClient = {
    async push(message) {
      sent.push(message);
      return says(message.magic);
    },
    close: async () => undefined,
  };
  const log = { error: (event: string) => void logged.push(event) };
  const ports = {
    devices: { run, claimDue } as unknown as DeviceStore,
    // What is sealed for another device does not open.
    sealer: {
      open(sealed: Uint8Array, context: string) {
        const [name, udid] = Buffer.from(sealed).toString().split(" of ");
        if (context !== `${udid}/${name}`) throw new Error("it does not open");
        return bytes(`${name} ${udid}`);
      },
    },
    log,
    now: () => now,
    realNow: () => now,
  } as unknown as Ports;
  const wave = createPushWave(ports, LEASE);
  return {
    get rows() {
      return rows;
    },
    asks,
    sent,
    logged,
    send: (n) => wave(n, client),
    later: (ms) => void (now += ms),
  };
}

const countedOf = ({ rows }: Place): number[] => (rows.enrollment ?? []).map((row) => row.pushesAccepted);

describe("a wave of pushes", () => {
  it("sends each push once, with its own token and magic, in few asks", async () => {
    const here = place({ devices: 450 });
    expect(await here.send(1000)).toBe(450);
    expect(new Set(here.sent.map(({ magic }) => magic))).toEqual(
      new Set(names(450).map((id) => `PushMagic UDID-${id}`)),
    );
    expect(
      here.sent.every(({ token, magic }) => Buffer.from(token).toString() === magic.replace("Magic", "Token")),
    ).toBe(true);
    expect(here.sent).toHaveLength(450);
    expect(here.rows.outbox).toEqual([]);
    expect(countedOf(here)).toEqual(names(450).map(() => 1));
    const of = (name: string): number => here.asks.filter((ask) => ask === name).length;
    expect([of("claim"), of("pushTargets")]).toEqual([3, 3]);
    expect(of("pushesSent")).toBeLessThan(20);
  });

  it("sends no more than it may", async () => {
    const here = place({ devices: 250 });
    expect([await here.send(120), here.sent.length, here.rows.outbox?.length]).toEqual([120, 120, 130]);
  });

  it("passes over a device that was removed meanwhile, and drops the push to one without a token", async () => {
    const here = place({
      devices: 3,
      rows: (rows) => ({
        ...rows,
        enrollment: (rows.enrollment ?? []).map((row) => (row.id === "e0" ? { ...row, state: "removed" } : row)),
        secret: (rows.secret ?? []).filter(({ owner, name }) => owner !== "e1" || name !== "PushToken"),
      }),
    });
    expect(await here.send(10)).toBe(3);
    expect(here.sent.map(({ magic }) => magic)).toEqual(["PushMagic UDID-e2"]);
    expect(here.rows.outbox?.map((row) => row.enrollmentId)).toEqual(["e0"]);
    expect(here.rows.enrollment?.map((row) => row.pushTrouble?.code)).toEqual([
      undefined,
      "push-token-missing",
      undefined,
    ]);
  });

  it("leaves a newer cause that came while the push was on its way", async () => {
    const newer: { place?: Place } = {};
    const here = place({
      devices: 2,
      fails(ask) {
        const row = newer.place?.rows.outbox?.find(({ id }) => id === "push:e1");
        if (ask === "pushesSent" && row !== undefined) Object.assign(row, { generation: 8, leaseUntil: 0 });
      },
    });
    newer.place = here;
    await here.send(10);
    expect(here.rows.outbox?.map(({ id, generation }) => [id, generation])).toEqual([["push:e1", 8]]);
    expect(countedOf(here)).toEqual([1, 1]);
  });

  it("writes the results of the others where that of one can't be written, and sends that push again after its lease", async () => {
    let broken = true;
    const here = place({
      devices: 60,
      fails(ask, input) {
        const { results = [] } = input as { readonly results?: readonly { readonly enrollmentId: string }[] };
        if (broken && ask === "pushesSent" && results.some(({ enrollmentId }) => enrollmentId === "e30"))
          throw new Error("it can't be written");
      },
    });
    expect(await here.send(100)).toBe(60);
    expect(here.rows.outbox?.map((row) => row.enrollmentId)).toEqual(["e30"]);
    expect(here.logged).toEqual(["due-work-failed"]);
    broken = false;
    expect(await here.send(100)).toBe(0);
    here.later(LEASE);
    expect(await here.send(100)).toBe(1);
    expect(here.rows.outbox).toEqual([]);
    expect(countedOf(here)).toEqual(names(60).map(() => 1));
  });

  it("waits for what is on its way where the store fails, and says so", async () => {
    let open = (): void => undefined;
    const answered = new Promise<void>((resolve) => (open = resolve));
    let claims = 0;
    const here = place({
      devices: 250,
      says: async () => {
        await answered;
        return accepted();
      },
      fails(ask) {
        if (ask === "pushTargets" && (claims += 1) === 2) {
          open();
          throw new Error("the store is away");
        }
      },
    });
    await expect(here.send(1000)).rejects.toThrow("the store is away");
    expect(here.rows.outbox).toHaveLength(50);
    expect(countedOf(here).filter((count) => count === 1)).toHaveLength(200);
  });

  it("does not send what another device's secret was put in place of", async () => {
    const here = place({
      devices: 2,
      rows: (rows) => ({
        ...rows,
        secret: (rows.secret ?? []).map((row) =>
          row.owner === "e1" ? { ...row, sealed: bytes(`${row.name} of UDID-e0`) } : row,
        ),
      }),
    });
    await here.send(10);
    expect(here.sent).toHaveLength(1);
    expect(here.logged).toEqual(["due-work-failed"]);
    expect(here.rows.outbox?.map((row) => row.enrollmentId)).toEqual(["e1"]);
  });
});
