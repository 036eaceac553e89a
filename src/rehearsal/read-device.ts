/** A device of an inventory as a server reads one that has just enrolled and said what it can. */
import { capabilityOf, type ReadDevice, type Sha256 } from "../plans/index.ts";
import type { InventoryDevice } from "./inventory.ts";

/** Nothing in an inventory says that a device can't do what its OS can: it is taken to be supervised, and to have reported. */
export function readDevice(id: string, own: InventoryDevice, hash: Sha256): ReadDevice {
  const { serial, model, board, platform, osVersion, tags, zone } = own;
  const lookupIds = [model, board].filter((name) => name !== null && name !== "") as string[];
  return {
    planned: {
      ...{ enrollmentId: id, enrolled: true, enrollment: "device", platform, productName: model, osVersion },
      ...{ softwareUpdateDeviceId: board, oddVersion: null, buildVersion: null, supplementalBuild: null },
      ...{ supplementalExtra: null, supervised: true, timeZone: zone, accessRights: null },
      ...{ enforces: enforcesAt(own, osVersion), bootstrapToken: null, busyWith: null },
    },
    facts: {
      ...{ platform, productName: model, lookupIds, osVersion, supervised: true },
      ...{ tags: new Set(tags), serial, groups: new Set<string>() },
    },
    ...{ zone, hash, inSetupAssistant: false, excluded: false, excludedEndsAt: null, under: null },
    ...{ live: null, failed: null, given: [], blackouts: [] },
    // Nobody acts in a rehearsal: whatever brings another plan is a mere fact.
    former: null,
  };
}

/** It runs another version. */
export function nowOn(read: ReadDevice, own: InventoryDevice, version: string): ReadDevice {
  const { planned, facts } = read;
  return {
    ...read,
    planned: { ...planned, osVersion: version, enforces: enforcesAt(own, version) },
    facts: { ...facts, osVersion: version },
  };
}

/** A device whose OS takes the declaration has said so. */
const enforcesAt = ({ platform }: InventoryDevice, osVersion: string | null): boolean | null =>
  platform !== null && osVersion !== null && capabilityOf(platform, osVersion).declaration === "enforcement"
    ? true
    : null;
