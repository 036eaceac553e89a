/** Which update orders a device would ignore while a declaration manages the update of its OS: those for the OS. */
import { decodeCommand, isDict, type PlistDict, type PlistValue } from "../../protocol/index.ts";
import type { CommandRow } from "../../store/index.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** What else a Mac lists (apps, configuration data) Apple still allows. A job's order is for what the job is for. */
export function isUseless(unit: UnitOfWork, row: CommandRow): boolean {
  if (row.requestType !== "ScheduleOSUpdate" || unit.declarative?.held !== 1) return false;
  if (row.origin === "job") return unit.job?.id !== row.jobId || unit.job?.target.others !== true;
  return isForOs(unit, row.productKeys);
}

/**
 * An admin's own order is for the OS where all that it names are versions, or on a device that has nothing else to update. A
 * ProductKey is opaque: unless it is known as that of the OS, the order is delivered, and the device says what it is for; so is an order
 * of which the keys are not known.
 */
export function isForOs({ enrollment, job }: UnitOfWork, productKeys: string | null): boolean {
  if (enrollment.platform !== "macOS") return true;
  if (productKeys === null) return false;
  return (JSON.parse(productKeys) as readonly string[]).every((key) => key === job?.known.productKey);
}

/** The ProductKeys that an update order names without a version, as `CommandRow` keeps them. `bytes`: as they are stored. */
export function productKeysIn(bytes: Uint8Array): string {
  const keys = updatesIn(bytes).map((item) => (item.has("ProductVersion") ? undefined : item.get("ProductKey")));
  return JSON.stringify(keys.filter((key) => typeof key === "string"));
}

function updatesIn(bytes: Uint8Array): readonly PlistDict[] {
  try {
    const updates: PlistValue | undefined = decodeCommand(bytes).body.get("Updates");
    return Array.isArray(updates) ? updates.filter((item: PlistValue) => isDict(item)) : [];
  } catch {
    return [];
  }
}
