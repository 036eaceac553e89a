/** Sign-ins in the audit: each that succeeds, and those that were refused by the hour. */
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { STEPS } from "../../store/migrations/steps.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import type { Ports } from "../ports.ts";
import { transactions } from "../transactions.ts";
import { createStrangers, listAudit, recordSignIn } from "./audit.ts";

const HOUR = 3_600_000;

it("has one row for each sign-in, and one an hour for those refused for the same reason to the same account", async () => {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const store = openInProcess({ db, transactions: byName(transactions), onClose: () => db.close() });
  onTestFinished(() => store.close());
  const clock = { now: 500_000 * HOUR };
  let ids = 0;
  const ports = {
    ...store,
    newId: () => `0${(ids += 1)}`,
    now: () => clock.now,
    realNow: () => clock.now,
    log: { error: (...said: unknown[]) => expect(said).toEqual([]) },
  } as unknown as Ports;
  const strangers = createStrangers(ports);
  const from = (n: number) => ({ address: "192.0.2.7", requestId: `r${n}` });

  await recordSignIn(ports, "a1", from(1));
  for (let n = 2; n < 102; n += 1) strangers.refused({ ...from(n), account: "a1", outcome: "unauthorized" });
  strangers.refused({ ...from(200), account: null, outcome: "unauthorized" });
  strangers.refused({ ...from(201), account: "a2", outcome: "unauthorized" });
  strangers.note({ ...from(202), route: "stopPlan", objectKind: "plan" });
  await expect.poll(async () => (await listAudit(ports, { limit: 9 })).rows.length).toBe(5);
  clock.now += HOUR;
  strangers.refused({ ...from(300), account: "a1", outcome: "unauthorized" });
  await expect.poll(async () => (await listAudit(ports, { limit: 9 })).rows.length).toBe(6);

  const { rows } = await listAudit(ports, { limit: 9 });
  const short = rows.map(({ route, actor, object, outcome, count, requestId }) =>
    [route, actor, object.kind, object.id, outcome, count, requestId].join(" "),
  );
  expect(short.toSorted()).toEqual(
    [
      "signIn account:a1 account a1 ok 1 r1",
      "signIn  account a1 unauthorized 100 r101",
      "signIn  account  unauthorized 1 r200",
      "signIn  account a2 unauthorized 1 r201",
      "signIn  account a1 unauthorized 1 r300",
      "stopPlan  plan  unauthorized 1 r202",
    ].toSorted(),
  );
  expect((await listAudit(ports, { limit: 9, actor: null, route: "signIn" })).rows).toHaveLength(4);
});
