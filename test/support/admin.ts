/** What an admin does, in one line each. */
import { vi } from "vitest";
import { type PlistDict, writePlist } from "../../simulator/index.ts";
import type { HaltView, PlanJobView, PlanRequest, PlanView, ResumeDryRun } from "../../src/contract/index.ts";
import type { Uptick } from "./uptick.ts";
import type { WebReply } from "./web-client.ts";
import { SOON } from "./soon.ts";

export const ASPEN = "application/x-apple-aspen-mdm";

/** A complete command property list. */
export const commandBytes = (uuid: string, command: PlistDict): Buffer =>
  writePlist({ CommandUUID: uuid, Command: command });

/** The Command dictionary of one update. */
export const scheduleUpdate = (InstallAction: string, ProductVersion = "26.6.1"): PlistDict => ({
  RequestType: "ScheduleOSUpdate",
  Updates: [{ InstallAction, ProductVersion }],
});

/** Puts a command through the raw command API; `wait` in seconds. */
export function rawCommand(
  uptick: Uptick,
  device: string,
  bytes: Uint8Array,
  wait = 0,
  allow?: string,
): Promise<WebReply> {
  const path = `/mdm?device=${encodeURIComponent(device)}&wait=${wait}${allow === undefined ? "" : `&allow=${allow}`}`;
  return uptick.web.request("PUT", path, { body: bytes, headers: { "content-type": ASPEN } });
}

/** Makes a plan and waits until its jobs are made. */
export async function makePlan(
  uptick: Uptick,
  devices: readonly string[],
  request: Partial<PlanRequest> = {},
): Promise<PlanView> {
  const { id } = await uptick.web.post<PlanView>("/api/v1/plans", {
    to: "26.6.1",
    action: "install",
    devices,
    ...request,
  });
  return vi.waitFor(async () => {
    const plan = await uptick.web.get<PlanView>(`/api/v1/plans/${id}`);
    if (plan.pending > 0) throw new Error(`${plan.pending} jobs of the plan have not been made`);
    // Whom it refuses it shows at once, and tells their timelines later.
    if (plan.working) throw new Error("the plan is still being worked at");
    return plan;
  }, SOON);
}

/** The device's job in a plan, as the plan's page shows it. */
export async function planJob(uptick: Uptick, planId: string, udid: string): Promise<PlanJobView> {
  const { id } = await uptick.device(udid);
  const { rows } = await uptick.web.get<{ rows: PlanJobView[] }>(`/api/v1/plans/${planId}/jobs?limit=1000`);
  const found = rows.find(({ device }) => device.id === id);
  if (found === undefined) throw new Error(`the plan has no job for ${udid}`);
  return found;
}

/** Pauses a plan. */
export const pausePlan = (uptick: Uptick, planId: string): Promise<PlanView> =>
  uptick.web.post(`/api/v1/plans/${planId}/pause`, { reason: "a bad update" });

/** Resumes it. */
export const resumePlan = (uptick: Uptick, planId: string): Promise<PlanView> =>
  uptick.web.post(`/api/v1/plans/${planId}/resume`, undefined);

/** Halts all plans. */
export const startHalt = (uptick: Uptick): Promise<HaltView> =>
  uptick.web.post("/api/v1/halt/start", { reason: "a bad update" });

/** Ends the halt, with the number that the dry run gives. */
export async function endHalt(uptick: Uptick): Promise<HaltView> {
  const { devices } = await uptick.web.post<ResumeDryRun>("/api/v1/halt/end?dryRun=true", {});
  return uptick.web.post("/api/v1/halt/end", { devices });
}

export const stopPlan = (uptick: Uptick, planId: string): Promise<PlanView> =>
  uptick.web.post(`/api/v1/plans/${planId}/stop`, undefined);
