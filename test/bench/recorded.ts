/**
 * What requests inside full rounds write, as the server writes it: SQL and values, taken down from the transactions themselves,
 * so that the bare loop beside the server writes neither less nor anything else.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { encodeCommand } from "../../src/protocol/index.ts";
import { transactions as all } from "../../src/service/transactions.ts";
import type { Transaction } from "../../src/store/index.ts";
import { doBatch, type Task } from "../../src/store/sqlite/batch.ts";
import { openWriter } from "../../src/store/sqlite/connection.ts";
import { migrate } from "../../src/store/sqlite/migrate.ts";
import { Statements } from "../../src/store/sqlite/statements.ts";
import { writePlist } from "../../simulator/index.ts";

export interface Statement {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

export interface Recording {
  /** The database as it was before the first batch. */
  readonly file: string;
  /** In order; `counted`: requests of devices, and not the admin's that fill the queues between the rounds. */
  readonly batches: readonly { readonly counted: boolean; readonly statements: readonly Statement[] }[];
}

const transactions: ReadonlyMap<string, Transaction<unknown, unknown>> = new Map(
  all.map((transaction) => [transaction.name, transaction as unknown as Transaction<unknown, unknown>]),
);
const HEX = 12;
const COMMANDS = 2;
const QUERIES = ["OSVersion", "BuildVersion"] as const;

/** Rounds of `count` devices, all of them in one batch, `rounds` times. */
export function recordRounds(directory: string, count: number, rounds: number): Recording {
  mkdirSync(directory, { recursive: true });
  const db = openWriter(directory);
  migrate(db, directory);
  let taken: Statement[] = [];
  tap(db, (statement) => taken.push(statement));
  const statements = new Statements(db);
  let ids = 0;
  let now = Date.UTC(2026, 7, 25);
  const hex = (n: number): string => n.toString(16).padStart(HEX, "0");
  const newId = (): string => `0198e000-0000-7000-8000-${hex((ids += 1))}`;
  const run = <Said>(transaction: string, asks: readonly object[]): Said[] =>
    doBatch(
      db,
      statements,
      transactions,
      asks.map((input): Task => ({ kind: "run", transaction, input: { now: (now += 1), firstId: newId(), ...input } })),
    ).outcomes.map((outcome) => {
      if ("failed" in outcome) throw new Error(outcome.failed.message);
      return outcome.ok as Said;
    });

  const devices = Array.from({ length: count }, (_, n) => {
    const shown = {
      fingerprint: hex(n).padStart(64, "0"),
      external: false,
      identityHash: hex(n),
      udids: [],
      der: new Uint8Array(900),
    };
    return { udid: `00008110-${hex(n)}`, shown: { ...shown, notBefore: 0, notAfter: now * 2, ended: false } };
  });
  for (const { shown } of devices) {
    const { fingerprint, identityHash, der, notAfter } = shown;
    const more = {
      challengeHash: "",
      renews: null,
      pendingFor: null,
      supersededAt: null,
      transactionId: fingerprint,
      keyHash: fingerprint,
      renewedBy: null,
    };
    const row = {
      fingerprint,
      identityHash,
      der,
      notBefore: 0,
      notAfter,
      issuedAt: 0,
      accessRights: 8191,
      enrollmentId: null,
      ...more,
    };
    statements.write({ insert: "certificate", row: { ...row, purpose: "enrol", device: null } });
  }
  const checkIn = devices.map(({ udid, shown }) => ({ shown, appleId: udid, kept: new Uint8Array(500) }));
  const product = { serial: null, deviceName: "iPhone", productName: "iPhone14,2", modelName: null, model: null };
  const says = { ...product, osVersion: "26.5", buildVersion: "23F77", topic: "com.apple.mgmt.External.bench" };
  run(
    "authenticate",
    checkIn.map((input) => ({ ...input, enrollmentKind: "device", says })),
  );
  const secrets = [{ name: "PushToken", sealed: new Uint8Array(60) }];
  const enrolled = run<{ enrollmentId: string }>(
    "tokenUpdate",
    checkIn.map((input) => ({ ...input, topic: says.topic, awaitingConfiguration: null, secrets })),
  );

  let result: Said[] = [];
  const poll = (idle: boolean): void => {
    const asks = devices.map(({ udid, shown }, n) => ({ shown, message: report(udid, idle ? undefined : result[n]) }));
    result = run<Said>("poll", asks);
  };
  poll(true);
  // What the server asks by itself after an enrollment, answered.
  while (result.some(({ kind }) => kind === "command")) poll(false);

  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const file = join(directory, "before.sqlite");
  copyFileSync(join(directory, "uptick.sqlite"), file);
  const batches: { counted: boolean; statements: Statement[] }[] = [];
  const batch = (counted: boolean, work: () => void): void => {
    taken = [];
    work();
    batches.push({ counted, statements: taken });
  };
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < COMMANDS; n += 1) batch(false, () => run("enqueueRaw", enrolled.map(queued)));
    for (let n = 0; n <= COMMANDS; n += 1) batch(true, () => poll(n === 0));
  }
  db.close();
  return { file, batches };

  function queued({ enrollmentId }: { enrollmentId: string }): object {
    const uuid = newId();
    const requestType = "DeviceInformation";
    const bytes = encodeCommand({ requestType, queries: [...QUERIES] }, uuid);
    return { enrollmentId, uuid, requestType, bytes, shown: null, once: false };
  }
}

interface Said {
  readonly kind: string;
  readonly bytes?: Uint8Array;
}

function report(udid: string, result: Said | undefined): Uint8Array {
  const uuid = /<key>CommandUUID<\/key>\s*<string>([^<]+)/.exec(Buffer.from(result?.bytes ?? []).toString())?.[1];
  const answer = { CommandUUID: uuid, QueryResponses: { OSVersion: "26.5", BuildVersion: "23F77" } };
  const body = uuid === undefined ? { UDID: udid, Status: "Idle" } : { UDID: udid, Status: "Acknowledged", ...answer };
  return new Uint8Array(writePlist(body));
}

/** Tells of every statement of this connection that writes. */
function tap(db: DatabaseSync, tell: (statement: Statement) => void): void {
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) => {
    const statement = prepare(sql);
    if (!/^(INSERT|UPDATE|DELETE)/.test(sql)) return statement;
    const run = statement.run.bind(statement);
    statement.run = ((...values: SQLInputValue[]) => {
      tell({ sql, values });
      return run(...values);
    }) as typeof statement.run;
    return statement;
  };
}
