/** What a terminal shows of devices. */
import type { DeviceCompliance, DeviceDetail, DeviceRemoval, DeviceView } from "../../contract/index.ts";
import { age, moment } from "../age.ts";
import { clean } from "../clean.ts";
import { counted } from "../cli.ts";
import { deviceName, verdictText } from "../job-words.ts";
import { table } from "../table.ts";
import { CLASS_LABELS, classText } from "./compliance-text.ts";

function stateOf(device: DeviceView): string {
  const state = device.enrollment === "enrolled" ? (device.job?.state ?? "no plan") : device.enrollment;
  return device.pendingCertificates === 0 ? state : `${state}, certificate waits`;
}

export function deviceTable(devices: readonly DeviceView[], now: number): string[] {
  const rows = devices.map((device) => [
    device.name,
    device.serial ?? device.udid,
    device.platform,
    device.osVersion,
    classText(device.compliance),
    stateOf(device),
    age(device.lastSeenAt, now),
    device.job === null ? null : verdictText(device.job),
  ]);
  return table(["name", "serial", "platform", "runs", "class", "state", "heard", "verdict"], rows);
}

export function detailLines(device: DeviceDetail, now: number): string[] {
  const system = [device.platform, device.osVersion, device.buildVersion === null ? null : `(${device.buildVersion})`];
  const about = [
    [device.model, device.productName === null ? null : `(${device.productName})`],
    system,
    [device.supervised === true ? "supervised" : device.supervised === false ? "not supervised" : null],
    [device.timeZone, zoneWords(device)],
  ].map((parts) => parts.filter((part) => part !== null).join(" "));
  const since = device.removedAt ?? device.enrolledAt;
  const lines = [
    clean(`${deviceName(device)} (${device.serial ?? device.udid})`),
    `  id ${clean(device.id)}, UDID ${clean(device.udid)}`,
    ...claimLines(device),
    `  ${clean(about.filter((part) => part !== "").join(", "))}`,
    ...(device.tags.length === 0 ? [] : [clean(`  tags ${device.tags.join(", ")}`)]),
    ...(device.groups.length === 0 ? [] : [clean(`  in the groups ${device.groups.join(", ")}`)]),
    `  ${device.enrollment} ${age(since, now)}; heard ${age(device.lastSeenAt, now)}; ${device.pushable ? "can" : "can't"} be pushed`,
    "",
  ];
  lines.push(...pendingLines(device));
  if (device.sameSerial.length > 0) {
    const others = device.sameSerial.map(
      ({ id, udid, enrollment, lastSeenAt }) =>
        `id ${id}, UDID ${udid}, ${enrollment}, ${lastSeenAt === null ? "never heard" : `heard ${age(lastSeenAt, now)}`}`,
    );
    lines.push(...others.map((other) => clean(`The serial is also that of: ${other}`)), "");
  }
  if (device.compliance !== null) lines.push(...complianceLines(device.compliance, device.job));
  lines.push(...exclusionLines(device));
  lines.push(device.job === null ? "No plan yet." : clean(device.job.verdict.sentence));
  if (device.job?.verdict.remedy !== undefined) lines.push(`  ${clean(device.job.verdict.remedy)}`);
  if (device.exposed !== null) lines.push(clean(device.exposed.sentence));
  if (device.standing.plans.length > 0) lines.push("", ...standingLines(device.standing));
  if (device.policy !== null) {
    const { name, id, sentence } = device.policy;
    lines.push("", clean(`Policy ${name} (${id}): ${sentence}`));
  }
  if (device.pushTrouble !== null)
    lines.push("", clean(device.pushTrouble.sentence), `  ${clean(device.pushTrouble.remedy)}`);
  lines.push(...declarativeLines(device.declarative, now));
  if (device.facts.length > 0) {
    const facts = device.facts.map(({ name, value, reportedAt: at }) => [
      `  ${name}`,
      typeof value === "string" ? value : JSON.stringify(value),
      age(at, now),
    ]);
    lines.push("", ...table(["  fact", "value", "said"], facts));
  }
  if (device.outstanding.length > 0) {
    const commands = device.outstanding.map(({ commandUuid: uuid, requestType, state, queuedAt, offeredAt }) => [
      `  ${requestType}`,
      state,
      age(queuedAt, now),
      age(offeredAt, now),
      uuid,
    ]);
    lines.push("", ...table(["  command", "state", "queued", "handed over", "uuid"], commands));
  }
  return lines;
}

/** Who has said where the device is, where it was not the device. */
function zoneWords({ zoneFrom, zoneBy }: DeviceDetail): string | null {
  if (zoneFrom === "admin") return `(set by ${zoneBy ?? "an admin"})`;
  return zoneFrom === "rule" ? `(by a zone rule of ${zoneBy ?? "an admin"})` : null;
}

/** The exclusion, where the class does not say it: the device has what is open to it, or is silent. */
function exclusionLines({ exclusion, compliance }: DeviceDetail): string[] {
  if (exclusion === null || compliance?.reason === "excluded") return [];
  const { until, reason, excludedBy: by } = exclusion;
  return [clean(`Excluded until ${until}: ${reason} (${by})`)];
}

/** The class, its flags and its deadline; the cause only where the verdict below does not say it. */
function complianceLines({ flags, deadlineAt, ...compliance }: DeviceCompliance, job: DeviceView["job"]): string[] {
  const said = job?.reason === compliance.reason;
  const more = [...flags, ...(deadlineAt === null ? [] : [`deadline ${moment(deadlineAt)}`])];
  const text = said ? `${CLASS_LABELS[compliance.class]}.` : compliance.sentence;
  return [clean(`${text}${more.length === 0 ? "" : ` (${more.join(", ")})`}`)];
}

function pendingLines({ pending, id }: DeviceDetail): string[] {
  if (pending.length === 0) return [];
  const lines = pending.flatMap(({ fingerprint, subject, issuer, presentedAt, endsAt }) => [
    clean(`  ${fingerprint}`),
    clean(`    ${subject}, issued by ${issuer}; presented ${moment(presentedAt)}, ends ${moment(endsAt)}`),
  ]);
  const which = pending.length === 1 ? "" : " --certificate FINGERPRINT";
  return ["Certificates that wait to be adopted:", ...lines, clean(`  Adopt with: uptick adopt ${id}${which}`), ""];
}

function claimLines({ claimedSerial }: DeviceDetail): string[] {
  if (claimedSerial === null) return [];
  return [clean(`  reports the serial number ${claimedSerial}, which does not name it here: use its id or its UDID`)];
}

function declarativeLines(declarative: DeviceDetail["declarative"], now: number): string[] {
  if (declarative === null) return [];
  const { takesUpdates, declarations, leftOut, syncedAt, reportedAt, current } = declarative;
  const takes = {
    true: "takes update declarations",
    false: "takes no update declarations",
    null: "has not said what it takes",
  };
  const synced =
    syncedAt === null ? "never synced" : `synced ${age(syncedAt, now)}${current ? "" : ", not since the last change"}`;
  const reported = reportedAt === null ? "" : `; reported ${age(reportedAt, now)}`;
  return [
    "",
    clean(`Declarative management: ${takes[`${takesUpdates}`]}; ${synced}${reported}.`),
    ...(declarations.length === 0 ? [] : [clean(`  declared: ${declarations.join(", ")}`)]),
    ...leftOut.map(({ rule, sentence: detail }) => clean(`  left out: ${rule} (${detail})`)),
  ];
}

/** What was done, and what the device may still do. */
export function removalLines({ device, dryRun, outcome, withdrawn, mayStill }: DeviceRemoval, now: number): string[] {
  const who = `${deviceName(device)} (${device.serial ?? device.udid}, id ${device.id})`;
  if (outcome === "already") return [clean(`${who} was removed before.`)];
  const { planId, commands, declarations, policy } = withdrawn;
  const parts = [
    ...(planId === null ? [] : [`its job of plan ${planId}`]),
    ...(commands === 0 ? [] : [counted(commands, "command")]),
    ...(declarations === 0 ? [] : [counted(declarations, "update declaration")]),
    ...(policy === null ? [] : [`the policy "${policy}"`]),
  ];
  const verb = dryRun ? "would be withdrawn" : "withdrawn";
  return [
    clean(`${who} ${dryRun ? "would be removed" : "is removed"}; last heard ${age(device.lastSeenAt, now)}.`),
    ...(parts.length === 0 ? [] : [clean(`  ${verb}: ${parts.join(", ")}`)]),
    ...mayStill.map(({ sentence }) => clean(`  ${sentence}`)),
  ];
}

function standingLines({ plans, sentence }: DeviceDetail["standing"]): string[] {
  const rows = plans.map(({ id, name, order, state, ring }) => [`  ${order}`, name, state, ring, id]);
  return [clean(sentence), ...table(["  order", "standing plan", "state", "ring", "id"], rows)];
}
