/** What the warnings are made of, gathered as of now. */
import { ageOf, versionText } from "../../catalog/index.ts";
import type { RolloutRow } from "../../store/index.ts";
import type { DeviceWarningCode, Warning } from "../../contract/index.ts";
import { blocksIn } from "../catalog/blocks-in-force.ts";
import { asks, blockName } from "../catalog/block-service.ts";
import { catalogOf, fetchStateOf } from "../catalog/catalog.ts";
import { failedFeeds, securityIn } from "../catalog/security.ts";
import { haltedDevices } from "../plans/halted-devices.ts";
import type { Ports } from "../ports.ts";
import { GATE } from "../rollouts/rows.ts";
import { pushInForce } from "../push/push-certificates.ts";
import { type Affected, DEVICE_WARNING_CODES, DEVICE_WARNINGS, type WarningFacts, warningsOf } from "./warnings.ts";

/** Certificates whose end is watched; all ends are ms UTC. */
export interface WatchedEnds extends Pick<WarningFacts, "tls" | "tlsOtherHost" | "authority" | "endedIdentities"> {
  /** The server fetches Apple's list once a day. */
  readonly fetchesCatalog: boolean;
  /** And feeds of CVEs after it. */
  readonly fetchesCves: boolean;
}

/** Devices that a warning names. */
const NAMED = 5;

async function haltOf({ admin }: Ports): Promise<WarningFacts["halt"]> {
  const halt = await admin.halt();
  if (halt?.active !== 1) return null;
  const { devices } = await haltedDevices(admin);
  return { by: halt.setBy, since: halt.since, reason: halt.reason, devices };
}

/** Of plans that are not stopped: the release and the plan of each. */
async function rolloutsIn({ admin }: Ports): Promise<Pick<WarningFacts, "rolloutsThatAsk" | "rolloutsPaused">> {
  const plans = await admin.standingPlans();
  const rollouts = await admin.rolloutsOf(plans.map(({ id }) => id));
  const runs = await admin.ringRunsOf(rollouts.map(({ id }) => id));
  const names = new Map(plans.map(({ id, name }) => [id, name]));
  const nameOf = ({ planId, platform, version, extra }: RolloutRow): string =>
    `${platform} ${versionText(version, extra === "" ? undefined : extra)} of the plan "${names.get(planId) ?? ""}"`;
  const goes = rollouts.filter(({ state }) => state === "running" || state === "held");
  const asks = goes.filter(({ id }) => runs.some((run) => run.rolloutId === id && run.asked !== null));
  return {
    rolloutsThatAsk: asks.map(nameOf),
    rolloutsPaused: rollouts.filter(({ state }) => state === "paused").map(nameOf),
  };
}

/** A webhook that fails for less than this (ms) may be restarting. */
const FAILS_FOR = 3_600_000;

async function webhooksIn(ports: Ports): Promise<Pick<WarningFacts, "webhooksFailing" | "webhooksDisabled">> {
  const webhooks = await ports.admin.webhooks();
  const failing = webhooks.filter(
    ({ state, failingSince }) =>
      state === "active" && failingSince !== null && ports.realNow() - failingSince >= FAILS_FOR,
  );
  const since = Math.min(...failing.map(({ failingSince }) => failingSince ?? Number.POSITIVE_INFINITY));
  const first = failing.slice(0, 3).map(({ name }) => name);
  // Who disables a webhook knows of it.
  const disabled = webhooks.filter(({ disabledReason }) => disabledReason === "gone" || disabledReason === "failing");
  return {
    webhooksFailing: failing.length === 0 ? null : { count: failing.length, first, since },
    webhooksDisabled: disabled.map(({ name }) => name),
  };
}

export async function currentWarnings(ports: Ports, watched: WatchedEnds): Promise<Warning[]> {
  const { admin } = ports;
  const now = ports.realNow();
  const { list } = await catalogOf(ports);
  const blocks = await blocksIn(ports);
  // What nobody tries any more does not fail.
  const failing = watched.fetchesCatalog ? (await fetchStateOf(ports)).failure : null;
  const facts: WarningFacts = {
    now: ports.now(),
    push: await pushInForce(ports),
    tls: watched.tls,
    tlsOtherHost: watched.tlsOtherHost,
    authority: watched.authority,
    signer: undefined,
    endedIdentities: watched.endedIdentities,
    clock: ports.clock.suspicion(),
    halt: await haltOf(ports),
    catalog: list === null ? null : { date: list.date, days: ageOf(list, ports.now()) },
    blocksThatAsk: blocks.filter((one) => asks(one, ports.now())).map(blockName),
    ...(await rolloutsIn(ports)),
    // Who pauses a plan knows of it.
    plansPaused: (await admin.oncePlansPaused())
      .filter(({ pauseBy }) => pauseBy === GATE)
      .map(({ name }) => `"${name}"`),
    ...(await webhooksIn(ports)),
    failing,
    cveFeeds: watched.fetchesCves ? failedFeeds(await securityIn(ports)) : null,
  };
  const affected = new Map<DeviceWarningCode, Affected>();
  for (const code of DEVICE_WARNING_CODES) {
    const condition = DEVICE_WARNINGS[code](facts, now);
    if (condition === undefined) continue;
    const found = await admin.countWhere(condition);
    if (found.devices === 0) continue;
    const { rows } = await admin.devices({ where: condition, limit: NAMED });
    const names = rows.map(({ enrollment: { deviceName, serial, appleId } }) => deviceName ?? serial ?? appleId);
    affected.set(code, { ...found, names, newest: await admin.newestTrouble(condition) });
  }
  return warningsOf(facts, affected, now);
}
