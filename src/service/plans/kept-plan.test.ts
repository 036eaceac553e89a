/** A once plan whose decisions can't all be written leaves none behind. */
import { expect, it } from "vitest";
import type { Actor } from "../actor.ts";
import { phone, world } from "../standing/world.suite.ts";

it("leaves no decision of a plan that was not made, whatever was still under way", async () => {
  // Three transactions of decisions: the first fails, while the second is under way.
  const w = await world(Array.from({ length: 300 }, (_none, n) => phone(`d${n}`, { serial: `S${n}` })));
  const second = Promise.withResolvers<void>();
  let asked = 0;
  const run: Actor["run"] = async (transaction, input) => {
    if (transaction.name !== "addDecisions") return w.actor.run(transaction, input);
    asked += 1;
    if (asked === 1) {
      await second.promise;
      throw new Error("no room");
    }
    second.resolve();
    // The failure of the first is known long before this one is written.
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    return w.actor.run(transaction, input);
  };
  const plan = { to: "26.6.1", action: "install", devices: ["all"] } as const;
  await expect(w.plans.create({ ...w.actor, run }, plan)).rejects.toThrow("no room");
  expect(asked).toBe(2);
  expect(await w.store.devices.read({ from: "planDevice", where: {} })).toEqual([]);
  expect((await w.plans.list(undefined, 9)).rows).toEqual([]);
  expect((await w.plans.create(w.actor, plan)).devices).toBe(300);
});
