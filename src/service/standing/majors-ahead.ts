/** Majors that start to count soon for standing plans, and what is said of that (targets T4). */
import { type Alike, hasMajorsAhead, type MajorAhead, majorsAhead, type StandingSpec } from "../../plans/index.ts";
import type { PlanRow } from "../../store/index.ts";
import { majorAheadWords } from "../../words/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import { idsOf } from "../enrollment/compliance.ts";
import { platformFrom } from "../enrollment/device-facts.ts";
import type { Ports } from "../ports.ts";
import { standingSpec } from "../rollouts/rows.ts";
import { rememberFirst } from "../server/settings.ts";

/** By plan; the devices are counted only of plans for which a major starts to count. */
export async function majorsAheadOf(
  ports: Pick<Ports, "admin" | "devices" | "now">,
  plans: readonly PlanRow[],
): Promise<ReadonlyMap<string, readonly MajorAhead[]>> {
  const standing = plans.filter(({ kind, state }) => kind === "standing" && state !== "stopped");
  if (standing.length === 0) return new Map();
  const [catalog, now] = [await catalogOf(ports), ports.now()];
  const specs = new Map<string, StandingSpec>(standing.map((plan) => [plan.id, standingSpec(plan)]));
  const ahead = standing.filter(({ id }) => hasMajorsAhead(specs.get(id) as StandingSpec, catalog, now));
  if (ahead.length === 0) return new Map();
  const alike = Map.groupBy(await ports.admin.governedAlike(ahead.map(({ id }) => id)), ({ planId }) => planId);
  return new Map(
    ahead.map(({ id }) => {
      const devices = (alike.get(id) ?? []).flatMap((row): Alike[] => {
        const platform = platformFrom(row.platform);
        if (platform === undefined || row.osVersion === null) return [];
        return [{ platform, version: row.osVersion, lookupIds: idsOf(row), devices: row.devices }];
      });
      return [id, majorsAhead(specs.get(id) as StandingSpec, devices, catalog, now)];
    }),
  );
}

/** The event, once for each plan and major: a setting remembers that it was told. */
export async function tellMajorsAhead(ports: Ports): Promise<void> {
  const { admin, devices, log } = ports;
  const plans = await admin.standingPlans();
  for (const [planId, ahead] of await majorsAheadOf(ports, plans)) {
    for (const [key, some] of Map.groupBy(ahead, ({ platform, major }) => `${platform} ${major}`)) {
      const setting = { name: `major-ahead ${planId} ${key}`, value: { on: some[0]?.on ?? "" } };
      const { added } = await devices.run(rememberFirst, { settings: [setting], secrets: [], now: ports.now() });
      if (added)
        log.info("major-starts", {
          ...{ planId, plan: plans.find(({ id }) => id === planId)?.name, platform: some[0]?.platform },
          ...{ major: some[0]?.major, on: some[0]?.on, says: some.map(majorAheadWords) },
        });
    }
  }
}
