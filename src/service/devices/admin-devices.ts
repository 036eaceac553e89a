/** Devices as an admin finds them, reads of them, removes them and lets them in. */
import type {
  ComplianceSummary,
  DeviceDetail,
  DeviceQuery,
  DeviceRemoval,
  DeviceView,
  Page,
  TimelineEntry,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { isZone, joinedRules, parseRule, type Rule, ruleTest, TAG, TAG_WORDS } from "../../plans/index.ts";
import type { Actor } from "../actor.ts";
import { type AdoptionService, createAdoptions } from "../check-in/adoptions.ts";
import { readingOf } from "../catalog/catalog.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { createDetailOf } from "./device-detail.ts";
import { setZone } from "../server/settings.ts";
import type { Ports } from "../ports.ts";
import type { Refusals } from "../server/refusals.ts";
import { removed, removedInTrial } from "../check-in/removals.ts";
import type { Selector } from "../plans/selector.ts";
import { pushInForce } from "../push/push-certificates.ts";
import { groupRule, pageMeantBy, scopeOf } from "../scopes/scope.ts";
import { messageOf, pageOf } from "./timelines.ts";
import { deviceView } from "./device-view.ts";
import { complianceSummary } from "./compliance-view.ts";
import { reportLines } from "./report.ts";
import { DEVICE_WARNINGS } from "../server/warnings.ts";

/** `ref`: our id, UDID/EnrollmentID, serial or unique name. All that take one throw `device-unknown`, `device-ambiguous`. */
export interface DeviceAdmin extends AdoptionService {
  /** In pages by id. `platform` iPadOS: platform iOS and model iPad*. Throws `rule-invalid`, `tag-invalid`, `group-unknown`. */
  list(query: DeviceQuery): Promise<Page<DeviceView>>;
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

/** The filters that are rules, as one. Throws `rule-invalid`, `tag-invalid`. */
function ruleIn({ rule, tag, group }: Filters): Rule | undefined {
  const rules = [
    ...(rule === undefined ? [] : [parseRule(rule)]),
    ...(tag === undefined ? [] : [tagRule(tag)]),
    ...(group === undefined ? [] : [groupRule(group)]),
  ];
  return rules.length === 0 ? undefined : joinedRules("and", rules);
}

function tagRule(text: string): Rule {
  const tag = text.toLowerCase();
  if (TAG.test(tag)) return ruleTest("tag", "=", tag);
  throw new UptickError("tag-invalid", `"${text.slice(0, 100)}" is no tag: a tag is ${TAG_WORDS}.`);
}

interface Filters {
  readonly rule: string | undefined;
  readonly tag: string | undefined;
  readonly group: string | undefined;
}

/** The list that a cursor of devices is of. */
const DEVICES = "devices";

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
    async list(query) {
      const { platform, after, warning, rule, tag, group, limit, ...rest } = query;
      const asked = ruleIn({ rule, tag, group });
      const scope = asked === undefined ? undefined : await scopeOf(admin, asked);
      const push = warning === undefined ? undefined : await pushInForce(ports);
      const where =
        warning === undefined ? undefined : DEVICE_WARNINGS[warning]({ push, now: ports.now() }, ports.realNow());
      // iPadOS is not a separate platform: Apple's schemas know it as iOS.
      const which =
        platform === undefined ? {} : platform === "iPadOS" ? { platform: "iOS", model: "iPad" } : { platform };
      const key = keyIn(DEVICES, after);
      if (warning !== undefined && where === undefined) return { rows: [], next: null };
      const more = { ...(key === undefined ? {} : { after: key }), ...(where === undefined ? {} : { where }) };
      const wanted = { ...rest, ...which, ...more };
      const page =
        scope === undefined
          ? await admin.devices({ ...wanted, limit })
          : await pageMeantBy(admin, scope, wanted, limit);
      const reading = await readingOf(ports);
      return { rows: page.rows.map((row) => deviceView(row, reading)), next: cursorOf(DEVICES, page.next) };
    },
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
