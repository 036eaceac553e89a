/** Devices as an admin finds them, reads of them, removes them and lets them in. */
import type { ComplianceSummary, DeviceDetail, DeviceRemoval, Page, TimelineEntry } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { isZone } from "../../plans/index.ts";
import type { Actor } from "../actor.ts";
import { type AdoptionService, createAdoptions } from "../check-in/adoptions.ts";
import { createDetailOf } from "./device-detail.ts";
import { setZone } from "../server/settings.ts";
import type { Ports } from "../ports.ts";
import type { Refusals } from "../server/refusals.ts";
import { removed, removedInTrial } from "../check-in/removals.ts";
import type { Selector } from "../plans/selector.ts";
import { messageOf, pageOf } from "./timelines.ts";
import { createDeviceList, type DeviceList } from "./device-list.ts";
import { complianceSummary } from "./compliance-view.ts";
import { reportLines } from "./report.ts";

/** `ref`: our id, UDID/EnrollmentID, serial or unique name. All that take one throw `device-unknown`, `device-ambiguous`. */
export interface DeviceAdmin extends AdoptionService, DeviceList {
  show(ref: string): Promise<DeviceDetail>;
  /** Newest first. */
  timeline(ref: string, after: string | undefined, limit: number): Promise<Page<TimelineEntry>>;
  /** The message of an entry, as far as it is kept. Throws `timeline-entry-unknown`, `raw-not-kept`. */
  timelineRaw(ref: string, seq: number): Promise<Uint8Array>;
  /** Says in which zone a device is; null: its own word counts again. Throws `zone-invalid`. */
  setZone(actor: Actor, ref: string, zone: string | null): Promise<DeviceDetail>;
  /**
   * Removes a device from lists, plans and counts, with all that was meant for it. Its timeline stays until history ends.
   */
  remove(actor: Actor, ref: string): Promise<DeviceRemoval>;
  /** How many enrolled devices have each class, flag and reason. */
  compliance(): Promise<ComplianceSummary>;
  /** What each device ran at a moment (ms UTC; undefined: now). Throws `report-date-unknown` with the first of the lines. */
  report(at: number | undefined): ReturnType<typeof reportLines>;
  /** What `remove` would do; nothing is done. */
  tryRemove(ref: string): Promise<DeviceRemoval>;
}

export function createDeviceAdmin(
  ports: Ports,
  select: Selector,
  refusals: Pick<Refusals, "flush">,
  { accessRights, auditMs }: { readonly accessRights: number; readonly auditMs: number },
): DeviceAdmin {
  const { admin } = ports;
  const detail = createDetailOf(ports, refusals);
  return {
    ...createAdoptions(ports, select, accessRights),
    ...createDeviceList(ports),
    show: async (ref) => detail(await select.one(ref)),
    async timeline(ref, after, limit) {
      const { id } = await select.one(ref);
      // What this process has gathered is written first, so that the timeline is as of now.
      await refusals.flush();
      return pageOf(admin, id, after, limit);
    },
    timelineRaw: async (ref, seq) => messageOf(admin, (await select.one(ref)).id, seq),
    async setZone(actor, ref, zone) {
      if (zone !== null && !isZone(zone)) throw new UptickError("zone-invalid", `"${zone}" is no time zone.`);
      const { id } = await select.one(ref, actor);
      await actor.run(setZone, { enrollmentId: id, zone, by: actor.name, now: ports.now() });
      return detail(await select.one(id));
    },
    remove: async (actor, ref) => removed(ports, actor, await select.one(ref, actor)),
    compliance: () => complianceSummary(ports),
    report: (at) => reportLines(ports, auditMs, at),
    tryRemove: async (ref) => removedInTrial(ports, await select.one(ref)),
  };
}
