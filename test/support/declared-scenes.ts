/** Devices that take declarations, and how far a test brings them. */
import { vi } from "vitest";
import type { JobView, PlanRequest } from "../../src/contract/index.ts";
import { makePlan } from "./admin.ts";
import { type Declarative, declarative } from "./declarative.ts";
import { type Device, type DeviceOptions, enrolDevice, IPHONE } from "./device.ts";
import { SOON } from "./soon.ts";
import type { Uptick } from "./uptick.ts";

export interface Able {
  readonly device: Device;
  readonly its: Declarative;
}

/** Enrolled, synced, and has reported that it takes the enforcement. */
export async function ableDevice(uptick: Uptick, options: DeviceOptions = {}): Promise<Able> {
  const { facts = IPHONE } = options;
  const device = await enrolDevice(uptick, { refusesDeclarations: false, ...options, facts });
  const its = declarative(device);
  await its.settle({ "device.operating-system.version": facts["OSVersion"] });
  return { device, its };
}

/** The Friday after `START`, on the device's clock. */
export const BY_FRIDAY = { deadline: "2026-08-28T17:00" } as const;

export async function jobOf(uptick: Uptick, udid: string): Promise<JobView> {
  const { job } = await uptick.device(udid);
  if (job === null) throw new Error("there is no job");
  return job;
}

/** A plan whose declaration the device is to fetch; its id. */
export async function declaredPlan(
  uptick: Uptick,
  { device }: Able,
  request: Partial<PlanRequest> = BY_FRIDAY,
): Promise<string> {
  const { id } = await makePlan(uptick, [device.udid], request);
  await vi.waitFor(async () => {
    const { planId, state } = await jobOf(uptick, device.udid);
    if (planId !== id || state !== "declaring") throw new Error(`the job is ${state}`);
  }, SOON);
  return id;
}

/** The device has fetched the plan's declaration and says that it is in force. */
export async function inForce(uptick: Uptick, able: Able, request: Partial<PlanRequest> = BY_FRIDAY): Promise<string> {
  const id = await declaredPlan(uptick, able, request);
  await able.device.session();
  await able.its.sync();
  await able.its.report({}, { declarations: true });
  const { state } = await jobOf(uptick, able.device.udid);
  if (state !== "declared") throw new Error(`the job is ${state}`);
  return id;
}

/** Status items by which a device says that its declaration is the cause of what it does. */
export function pendingBy(its: Declarative, version = "26.6.1", build = "23G83"): Record<string, unknown> {
  return {
    "softwareupdate.pending-version": { "os-version": version, "build-version": build },
    "softwareupdate.install-reason": { reason: ["declaration"], "declaration-id": its.update()?.Identifier },
  };
}

/** The version and build that a device on the target of these scenes reports. */
export const ARRIVED = {
  "device.operating-system.version": "26.6.1",
  "device.operating-system.build-version": "23G83",
} as const;
