/** The admin API and its service on a store in this process that dies at a point of the test's choice, and another one that comes after it. */
import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import Fastify, { type FastifyInstance } from "fastify";
import { createBodyBudget } from "../../src/http/body/index.ts";
import { adminServerOptions, registerAdmin } from "../../src/http/admin/index.ts";
import { openSecret, sealSecret } from "../../src/identity/index.ts";
import { createIds, createServices, createTrustedClock } from "../../src/main/index.ts";
import { giveFirstToken, type Ports, prepareServer, transactions } from "../../src/service/index.ts";
import { byName, migrate, openInProcess, type Point } from "../../src/store/sqlite/index.ts";
import { pooledAuthorityKey } from "../support/key-pool.ts";
import { START } from "../support/index.ts";

export interface Life {
  readonly app: FastifyInstance;
  /** Of the first start on this database; undefined later. */
  readonly token: string | undefined;
  /** Points so far at which it could have died: before and after each commit. */
  points(): number;
  /** Resolves when it has died. */
  readonly died: Promise<void>;
  end(): Promise<void>;
}

const DATA_KEY = { id: "tests", key: new Uint8Array(32).fill(9) };
const random = (n: number): Uint8Array => new Uint8Array(randomBytes(n));

/** `dies`: at which point of a request, from 1, once `begin` was called; undefined: it does not die. */
export async function live(path: string, dies?: number): Promise<Life & { begin(): void }> {
  const db = new DatabaseSync(path);
  migrate(db, "");
  let [points, counts] = [0, false];
  let tell = (): void => undefined;
  const died = new Promise<void>((resolve) => (tell = resolve));
  const lives = (point: Point): boolean => {
    // Between two commits nothing is kept: that is as after the first of them, where nobody is answered.
    if (counts && (point === "commit" || point === "committed")) points += 1;
    const is = dies === undefined || points < dies;
    if (!is) setImmediate(tell);
    return is;
  };
  const store = openInProcess({ db, transactions: byName(transactions), lives });
  const now = (): number => START + points;
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const clock = createTrustedClock({
    recorded: undefined,
    read: () => ({ wall: now(), mono: now() }),
    onSuspect: () => undefined,
    onBelieved: () => undefined,
  });
  const ports: Ports = {
    devices: store.devices,
    admin: store.admin,
    log: silent,
    sealer: {
      seal: (plain, context) => sealSecret(DATA_KEY, plain, context, random(12)),
      open: (bytes, context) => openSecret([DATA_KEY], bytes, context),
    },
    now,
    realNow: now,
    clock,
    newId: createIds({ now, random }),
    random,
    makeAuthorityKey: pooledAuthorityKey,
  };
  const identity = await prepareServer(ports);
  const token = await giveFirstToken(ports, () => undefined);
  const { admin: service } = createServices(ports, {
    config: {
      ...{ publicUrl: "https://mdm.example", organization: "Uptick", accessRights: 7191, signMessages: "no" },
      ...{ trustedProxies: undefined, expiredIdentities: "accept", defaultZone: undefined, identityDays: 730 },
      ...{ historyDays: 400, auditDays: undefined, pushRate: 1000, catalogFetch: "off" },
    },
    webhooks: { refusal: () => undefined, post: async () => ({ kind: "stopped" }) },
    identity,
    push: { current: () => undefined, use: () => undefined },
    lookupService: { fetch: () => Promise.reject(new Error("nothing is fetched")) },
    cveFeeds: undefined,
    tls: undefined,
    files: { otherHost: undefined, identityCa: [] },
    shared: false,
  });
  const app = Fastify(adminServerOptions(() => undefined));
  registerAdmin(app, {
    service,
    log: () => undefined,
    bodies: createBodyBudget({ total: 2 ** 25, claimed: 0, stranger: 0 }),
  });
  await app.ready();
  return {
    app,
    token,
    died,
    points: () => points,
    begin() {
      counts = true;
    },
    async end() {
      // What waits for a dead store waits without end.
      if (dies === undefined) await app.close();
      db.close();
    },
  };
}
