/** Policies as an admin makes, tries and removes them. */
import type {
  DeviceDetail,
  Page,
  PolicyDecision,
  PolicyDevice,
  PolicyDryRun,
  PolicyRemoval,
  PolicyRequest,
  PolicyView,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { policyDeliveryFor, type PolicyDelivery } from "../../plans/index.ts";
import { readSettings, type SettingsProblem, type SoftwareUpdateSettings } from "../../protocol/index.ts";
import type { AssignmentRow, EnrollmentRow, FleetRow, Json, PolicyCount, PolicyRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { declarativeDeviceOf } from "../enrollment/device-facts.ts";
import { createPolicy, removePolicy } from "./policy.ts";
import { isoTime, isoTimeOrNull } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { MOST_AT_ONCE } from "../plans/dry-run.ts";
import type { Selector } from "../plans/selector.ts";
import { byPartOfId } from "../plans/short-ids.ts";
import { policyDecisionWords, policyStateWords } from "../../words/index.ts";
import { shortDevice } from "../devices/device-view.ts";

export interface PolicyService {
  /** Throws `settings-invalid`, `plan-empty`, `device-unknown`, `device-ambiguous`. */
  dryRun(request: PolicyRequest): Promise<PolicyDryRun>;
  /** Throws as `dryRun`. */
  create(actor: Actor, request: PolicyRequest): Promise<PolicyView>;
  /** Newest first. */
  list(after: string | undefined, limit: number): Promise<Page<PolicyView>>;
  /** Throws `policy-unknown`, as all below. */
  show(id: string): Promise<PolicyView>;
  devices(id: string, after: string | undefined, limit: number): Promise<Page<PolicyDevice>>;
  tryRemove(id: string): Promise<PolicyRemoval>;
  remove(actor: Actor, id: string): Promise<PolicyView>;
}

/** What a device's own page shows of its policy; null: it has none. */
export type PolicyOf = (enrollment: EnrollmentRow) => Promise<DeviceDetail["policy"]>;

/** The lists that cursors are of. */
const LIST = "policies";
const DEVICES = "policy-devices";
const SLICE = 500;

export function createPolicyOf({ admin }: Ports): PolicyOf {
  return async (enrollment) => {
    const [assignment] = await admin.assignments([enrollment.id]);
    const policy = assignment && (await admin.policy(assignment.policyId));
    if (assignment === undefined || policy === undefined) return null;
    const { way, state, sentence } = deviceOf(assignment, enrollment, policy);
    return { id: policy.id, name: policy.name, way, state, sentence };
  };
}

export function createPolicyService(ports: Ports, select: Selector): PolicyService {
  const { admin } = ports;

  async function resolve(request: PolicyRequest) {
    const settings = settingsOf(request.settings);
    const everyone = request.devices.some((ref) => ref.trim() === "all");
    const rows: FleetRow[] = [];
    for await (const page of select.pages(request.devices)) rows.push(...page);
    // Without a device yet it waits for the first that enrolls.
    if (rows.length === 0 && !everyone) throw new UptickError("plan-empty", "The policy names no device.");
    return { settings, everyone, rows };
  }

  /** How these policies are shown: their devices are counted in one query. */
  async function viewer(rows: readonly PolicyRow[]): Promise<(row: PolicyRow) => PolicyView> {
    const counts = await admin.policyCounts(rows.map(({ id }) => id));
    return (row) => viewOf(row, counts.get(row.id) ?? []);
  }

  const shown = async (row: PolicyRow): Promise<PolicyView> => (await viewer([row]))(row);

  function viewOf(row: PolicyRow, counts: readonly PolicyCount[]): PolicyView {
    const states: Record<string, number> = {};
    for (const { state, devices: n } of counts) states[state] = (states[state] ?? 0) + n;
    return {
      id: row.id,
      name: row.name,
      state: row.state,
      everyone: row.everyone === 1,
      settings: row.settings,
      createdAt: isoTime(row.createdAt),
      createdBy: row.createdBy,
      removedAt: isoTimeOrNull(row.removedAt),
      devices: counts.reduce((sum, { devices: n }) => sum + n, 0),
      states,
      working: row.dueAt !== null,
    };
  }

  async function policyRow(id: string): Promise<PolicyRow> {
    const row = await byPartOfId(admin, "policy", id, (one) => admin.policy(one));
    if (row === undefined) throw new UptickError("policy-unknown", `There is no policy ${id}.`);
    return row;
  }

  async function namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all([...new Set(ids)].map((id) => admin.policy(id)));
    return new Map(found.flatMap((row): [string, string][] => (row?.state === "active" ? [[row.id, row.name]] : [])));
  }

  return {
    async dryRun(request) {
      const { settings, everyone, rows } = await resolve(request);
      const counts = { declaration: 0, profile: 0, nothing: 0, unknown: 0 };
      const decisions: PolicyDecision[] = [];
      for (let i = 0; i < rows.length; i += SLICE) {
        const slice = rows.slice(i, i + SLICE);
        const has = await admin.assignments(slice.map((row) => row.id));
        const names = await namesOf(has.map(({ policyId }) => policyId));
        const replaced = new Map(has.map(({ enrollmentId, policyId }) => [enrollmentId, names.get(policyId) ?? null]));
        for (const row of slice) {
          const decision = decisionOf(row, settings, replaced.get(row.id) ?? null);
          counts[decision.way] += 1;
          if (decisions.length < MOST_AT_ONCE) decisions.push(decision);
        }
      }
      return {
        devices: rows.length,
        everyone,
        ...counts,
        rows: decisions,
      };
    },
    async create(actor, request) {
      const { settings, everyone, rows } = await resolve(request);
      const id = ports.newId();
      await actor.run(createPolicy, {
        id,
        name: request.name ?? "Update settings",
        settings: settings as unknown as PolicyRow["settings"],
        everyone,
        devices: rows.map((row) => row.id),
        by: actor.name,
        now: ports.now(),
      });
      return shown(await policyRow(id));
    },
    async list(after, limit) {
      const { rows, next } = await admin.policies(keyIn(LIST, after), limit);
      return { rows: rows.map(await viewer(rows)), next: cursorOf(LIST, next) };
    },
    show: async (id) => shown(await policyRow(id)),
    async devices(id, after, limit) {
      const policy = await policyRow(id);
      const page = await admin.policyDevices(policy.id, keyIn(DEVICES, after), limit);
      return {
        rows: page.rows.map(({ assignment, enrollment }) => deviceOf(assignment, enrollment, policy)),
        next: cursorOf(DEVICES, page.next),
      };
    },
    async tryRemove(ref) {
      const { id } = await policyRow(ref);
      const counts = (await admin.policyCounts([id])).get(id) ?? [];
      const by = (way: PolicyDelivery["way"]): number =>
        counts.filter((one) => one.way === way).reduce((sum, { devices: n }) => sum + n, 0);
      return {
        devices: counts.reduce((sum, { devices: n }) => sum + n, 0),
        ...{ declaration: by("declaration"), profile: by("profile"), nothing: by("nothing"), unknown: by("unknown") },
      };
    },
    async remove(actor, ref) {
      const { id } = await policyRow(ref);
      await actor.run(removePolicy, { policyId: id, now: ports.now() });
      return shown(await policyRow(id));
    },
  };
}

/** Throws `settings-invalid`, naming every problem by its path. */
function settingsOf(json: Json): SoftwareUpdateSettings {
  const read = readSettings(json);
  const problems = "problems" in read ? [...read.problems] : beyondUs(read.settings);
  if (problems.length > 0) {
    const text = problems.map(({ path, text: what }) => `${path} ${what}`).join("; ");
    throw new UptickError("settings-invalid", `${text}.`);
  }
  return (read as { settings: SoftwareUpdateSettings }).settings;
}

/** Right by Apple's schema, but nothing this server can do. */
function beyondUs({ Beta, ...others }: SoftwareUpdateSettings): SettingsProblem[] {
  const programs = [Beta?.OfferPrograms && "Beta.OfferPrograms", Beta?.RequireProgram && "Beta.RequireProgram"];
  const problems = programs
    .filter((path) => path !== undefined)
    .map(
      (path): SettingsProblem => ({
        path,
        code: "unknown-key",
        text: "needs a token of Apple's Device Assignment service, a secret that this server does not keep",
      }),
    );
  if (problems.length === 0 && isEmpty({ Beta, ...others }))
    return [{ path: "settings", code: "missing", text: "say nothing" }];
  return problems;
}

function isEmpty(json: unknown): boolean {
  return typeof json === "object" && json !== null ? Object.values(json).every(isEmpty) : json === undefined;
}

function wayOf(row: FleetRow, settings: SoftwareUpdateSettings): PolicyDelivery {
  const device = declarativeDeviceOf(row);
  return device === undefined
    ? { way: "unknown", leftOut: [] }
    : policyDeliveryFor(settings, device, row.enforces !== 0);
}

const leftOutView = ({ path, code, why }: PolicyDelivery["leftOut"][number]) => ({
  path,
  reason: code,
  sentence: why,
});

function decisionOf(row: FleetRow, settings: SoftwareUpdateSettings, replaces: string | null): PolicyDecision {
  const found = wayOf(row, settings);
  return {
    device: shortDevice(row),
    way: found.way,
    leftOut: found.leftOut.map(leftOutView),
    replaces,
    sentence: policyDecisionWords(found, { enrolled: row.state === "enrolled", replaces }),
  };
}

function deviceOf(assignment: AssignmentRow, enrollment: EnrollmentRow, policy: PolicyRow): PolicyDevice {
  const { way, state, held } = assignment;
  const enrolled = enrollment.state === "enrolled";
  const known = state !== "removing" && way !== "unknown" && enrolled;
  const leftOut = known ? wayOf(enrollment, policy.settings as unknown as SoftwareUpdateSettings).leftOut : [];
  return {
    device: { ...shortDevice(enrollment), lastSeenAt: isoTimeOrNull(enrollment.lastSeenAt) },
    way,
    state,
    profile: held === 1,
    leftOut: leftOut.map(leftOutView),
    sentence: policyStateWords(assignment, { enrolled, leftOut }),
  };
}
