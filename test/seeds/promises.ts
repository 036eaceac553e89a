/** What must hold after every commit, whatever has happened: read from the rows, beside what is true of the devices. */
import type { DatabaseSync } from "node:sqlite";
import type { SimDevice } from "../../simulator/index.ts";
import { fingerprint } from "../../src/identity/index.ts";
import { compare } from "./compare.ts";
import { rows } from "./rows.ts";
import type { DeviceAnswer } from "./words.ts";
import { PUT_OFF, pushesPutOff, type PutOff } from "./put-off.ts";

export interface Promises {
  /** Looks at these enrollments. What is broken, in words; each once. `latest`: the furthest that the server may take the time for. */
  look(db: DatabaseSync, touched: ReadonlySet<string>, latest: number): string[];
  /** A device has been told that its answer was taken; `certificate` is what it came with. */
  acknowledged(db: DatabaseSync, answer: DeviceAnswer, certificate: Uint8Array | undefined): string[];
}

interface Enrollment {
  readonly apple_id: string;
  readonly state: string;
  readonly due_at: number | null;
  /** 0: the push service has called its token dead. In these weeks it only ever says so of older ones. */
  readonly pushable: number;
  readonly os_version: string | null;
  readonly time_zone: string | null;
  readonly compliance: string;
  readonly flags: string;
  readonly governed_by: string | null;
  /** JSON: what its plan wants of it. */
  readonly target: string | null;
  readonly class_due_at: number | null;
  /** Of its last exclusion (ms UTC). */
  readonly excluded_at: number | null;
  readonly excluded_ends_at: number | null;
}

interface Job {
  readonly id: string;
  readonly plan_id: string;
  /** When its plan was stopped (ms UTC); null while it is active. */
  readonly stopped_at: number | null;
  /** Since when its plan is paused, and since when all plans are halted (ms UTC); null: it is not, they are not. */
  readonly paused_at: number | null;
  readonly halted_at: number | null;
  readonly rollout_id: string | null;
  /** Since when its rollout is paused or aborted (ms UTC); null: it is not, or there is none. */
  readonly held_at: number | null;
  readonly live: number;
  readonly state: string;
  readonly reason: string;
  readonly due_at: number | null;
  readonly finished_at: number | null;
  readonly doc: string;
}

interface Command {
  readonly uuid: string;
  readonly request_type: string;
  readonly purpose: string | null;
  readonly state: string;
  readonly offered_at: number | null;
  /** It must not be handed out any more from then on: so much of its window is left as an installation needs. */
  readonly not_after: number | null;
  /** 1: it does harm when it is delivered twice. */
  readonly once: number;
  readonly offers: number;
  /** How often the device has said NotNow, and so not taken it. */
  readonly not_nows: number;
}

interface Doc {
  readonly target?: { readonly version?: string };
  readonly wanted?: { readonly version?: string };
  readonly action?: string;
  readonly zone?: string;
  readonly zoneKnown?: boolean;
  readonly zoneNamed?: boolean;
  readonly window?: { readonly from: string; readonly to: string };
  readonly deadlineAt?: number;
  readonly goal?: string;
  readonly next?: unknown;
  readonly declared?: { readonly enforcement?: { readonly local: string; readonly at: number; readonly from: string } };
}

/** A job's document, read once for all that is asked of it. */
type Read = Job & { readonly read: Doc };

/** The states and reasons by which the server says that a device runs what it was to run. */
const UP_TO_DATE: ReadonlySet<string> = new Set(["done"]);

const TOKEN_OR_ADOPTION = `SELECT kind FROM timeline WHERE enrollment_id = ? AND kind IN ('token-update', 'adopted')
  ORDER BY seq DESC LIMIT 1`;

const PENDING = "SELECT 1 FROM certificate WHERE fingerprint = ? AND pending_for IS NOT NULL";

export function promisesOver(devices: readonly SimDevice[]): Promises {
  const byUdid = new Map(devices.map((device) => [device.udid, device]));
  const said = new Set<string>();
  /** Documents of jobs that are over, which have been looked at. */
  const over = new Map<string, string>();
  /** What a job's document said when it was last read: most commits change none. */
  const docs = new Map<string, { readonly doc: string; readonly read: Doc }>();

  function readJob(job: Job): Read {
    let known = docs.get(job.id);
    if (known?.doc !== job.doc) docs.set(job.id, (known = { doc: job.doc, read: JSON.parse(job.doc) as Doc }));
    return { ...job, read: known.read };
  }

  const first = new Map(devices.map(({ udid, os }) => [udid, os.version]));

  function once(broken: readonly string[]): string[] {
    return broken.filter((what) => {
      if (said.has(what)) return false;
      said.add(what);
      return true;
    });
  }

  /** Let in by an admin with a certificate that a restored backup did not know: its token went to the server before. */
  function isTokenless(db: DatabaseSync, id: string): boolean {
    const [newest] = rows<{ kind: string }>(db, TOKEN_OR_ADOPTION, id);
    return (
      newest?.kind === "adopted" &&
      rows(db, "SELECT 1 FROM secret WHERE owner = ? AND name = 'PushToken'", id).length === 0
    );
  }

  const putOff = pushesPutOff();

  function lookAt(db: DatabaseSync, id: string, latest: number): string[] {
    const [enrollment] = rows<Enrollment>(
      db,
      "SELECT apple_id, state, due_at, pushable, os_version, time_zone, compliance, flags, governed_by, target, class_due_at, excluded_at, excluded_ends_at FROM enrollment WHERE id = ?",
      id,
    );
    if (enrollment === undefined) return [];
    const device = byUdid.get(enrollment.apple_id);
    if (device === undefined) return [`${id} is an enrollment of no device`];
    const installed = device.truth.installsExecuted.map(({ version }) => version);
    const versions = new Set([first.get(device.udid) ?? "", ...installed]);
    const name = `${device.kind} ${device.serial}`;
    const jobs = rows<Job>(
      db,
      "SELECT j.id, j.plan_id, p.stopped_at, p.paused_at, (SELECT since FROM halt WHERE active = 1) AS halted_at, rollout_id, (SELECT since FROM rollout r WHERE r.id = j.rollout_id AND r.state IN ('paused', 'aborted')) AS held_at, live, j.state, reason, j.due_at, finished_at, doc FROM job j JOIN plan p ON p.id = j.plan_id WHERE enrollment_id = ?",
      id,
    ).map(readJob);
    const commands = rows<Command>(
      db,
      "SELECT uuid, request_type, purpose, state, offered_at, not_after, once, offers, not_nows FROM command WHERE enrollment_id = ?",
      id,
    );
    return [
      ...observed(enrollment, versions, device),
      ...(enrollment.state === "enrolled" ? classOf(enrollment, jobs, device) : []),
      ...(enrollment.state === "enrolled" && enrollment.due_at === null ? ["is never looked after again"] : []),
      ...(enrollment.state === "enrolled" && enrollment.pushable === 0 && !isTokenless(db, id)
        ? ["is not pushed any more"]
        : []),
      ...jobs
        .filter((job) => job.live === 1 || over.get(job.id) !== job.doc)
        .flatMap((job) => {
          if (job.live === 0) over.set(job.id, job.doc);
          return [...nextOf(job), ...endOf(job, device), ...declaredInWindow(job), ...listed(job, db, id)];
        }),
      ...putOff(id, rows<PutOff>(db, PUT_OFF, id), latest),
      ...oneUpdate(commands),
      ...commands.flatMap((command) => [...ordered(command, jobs), ...whileExcluded(command, enrollment)]),
    ].map((what) => `${name}: ${what}`);
  }

  /** Nothing is declared of a job that is withheld. */
  function listed({ id: job, live, state }: Read, db: DatabaseSync, id: string): string[] {
    if (live === 0 || (state !== "pausing" && state !== "paused")) return [];
    const [row] = rows<{ items: string }>(db, "SELECT items FROM declarative WHERE enrollment_id = ?", id);
    return row?.items.includes("uptick.update.") === true
      ? [`job ${job} is ${state}, and its declaration is listed`]
      : [];
  }

  return {
    look: (db, touched, latest) => once([...touched].flatMap((id) => lookAt(db, id, latest))),
    acknowledged(db, { udid, uuid, status }, certificate) {
      // Of a device that a server put back to a backup does not know, nothing can be kept.
      const [known] = rows<{ state: string }>(db, "SELECT state FROM enrollment WHERE apple_id = ?", udid);
      if (known === undefined || known.state === "quarantined") return [];
      const sql =
        "SELECT 1 FROM closed_command c JOIN enrollment e ON e.id = c.enrollment_id WHERE e.apple_id = ? AND c.uuid = ?";
      // A NotNow is counted in the command's row, and goes with it.
      if (status === "NotNow" || rows(db, sql, udid, uuid).length > 0) return [];
      // With an identity that the server does not know, nobody is believed before an admin lets the device in.
      if (certificate !== undefined && rows(db, PENDING, fingerprint(certificate)).length > 0) return [];
      return once([`${byUdid.get(udid)?.kind ?? udid}: the ${status} to ${uuid} was acknowledged and is not kept`]);
    },
  };
}

/** What the server says a device runs, it has run; and a zone that it says, it is in. */
function observed(
  { os_version: version, time_zone: zone }: Enrollment,
  had: ReadonlySet<string>,
  { truth }: SimDevice,
) {
  return [
    ...(version === null || had.has(version) ? [] : [`said to run ${version}, which it never did`]),
    ...(zone === null || zone === truth.timeZone ? [] : [`said to be in ${zone}`]),
  ];
}

/** Its class is worked out again one day; it is that of its live job; and on target is only what runs its target. */
function classOf({ class_due_at: dueAt, ...row }: Enrollment, jobs: readonly Read[], device: SimDevice): string[] {
  const live = jobs.find((job) => job.live === 1);
  const target = JSON.parse(row.target ?? "{}") as { readonly wanted?: { readonly version: string } | null };
  const wanted = target.wanted ?? null;
  const below =
    row.compliance === "on-target" && wanted !== null && compare(device.os.version, wanted.version) < 0
      ? [`is on target, and runs ${device.os.version}, not ${wanted.version}`]
      : [];
  return [
    ...below,
    ...(dueAt === null && !row.flags.includes(" silent ") ? ["has a class that is never worked out again"] : []),
    ...(live !== undefined && row.governed_by !== live.plan_id && !isFollowed(live)
      ? [`has a job of plan ${live.plan_id}, and is governed by ${row.governed_by}`]
      : []),
  ];
}

/** A job of a standing plan, or one that is stopped, comes to its end while another plan governs its device by now. */
const isFollowed = ({ rollout_id: rolloutId, state }: Job): boolean => rolloutId !== null || state === "stopping";

/** A live job has a next action and when; one that has ended has none. */
function nextOf({ id, live, state, reason, due_at: dueAt, finished_at: finishedAt, read }: Read): string[] {
  const { next } = read;
  const whole =
    live === 1
      ? dueAt !== null && finishedAt === null && reason !== "" && next !== null && next !== undefined
      : dueAt === null && finishedAt !== null;
  return whole ? [] : [`job ${id}, ${live === 1 ? "live" : "over"}, ${state} (${reason}), next action at ${dueAt}`];
}

/** Said to be up to date: it runs the target or something newer. */
function endOf({ id, state, reason, read }: Read, device: SimDevice): string[] {
  if (!UP_TO_DATE.has(state)) return [];
  const { target, wanted } = read;
  // Of a device that was there before the plan came only what was wanted is kept.
  const version = (target ?? wanted)?.version;
  if (version === undefined || compare(device.os.version, version) >= 0) return [];
  return [`job ${id} is ${state} (${reason}), and the device runs ${device.os.version}, not ${version}`];
}

/** One update command at a time has left for the device; another may wait behind it. */
function oneUpdate(commands: readonly Command[]): string[] {
  const out = commands.filter(({ request_type: type, state }) => type === "ScheduleOSUpdate" && state === "offered");
  return out.length <= 1 ? [] : [`was handed ${out.length} update commands: ${out.map(({ uuid }) => uuid).join()}`];
}

/**
 * What does harm is handed out once, and nothing when its time has passed. Nothing is ordered once the plan is stopped, while it is paused
 * or while all are halted, and an installation within the plan's window only, in the zone that the job was made for, and not
 * before its deadline: with a window not more than a day before it. An unknown zone may be the one furthest behind.
 */
function ordered(command: Command, jobs: readonly Read[]): string[] {
  const { purpose, state, offered_at: at, not_after: notAfter, uuid, once, offers, not_nows: notNows } = command;
  const job = jobs.find(({ live }) => live === 1);
  if (state !== "offered" || at === null) return [];
  const wrong = [
    ...(once === 1 && offers > 1 + notNows ? [`${uuid} was handed out ${offers} times`] : []),
    ...(notAfter !== null && at >= notAfter ? [`${uuid} was handed out when its time had passed`] : []),
  ];
  if (job === undefined || (purpose !== "install" && purpose !== "download")) return wrong;
  const stopped = [
    ...(job.stopped_at !== null && job.stopped_at < at ? [`${uuid} was ordered after its plan was stopped`] : []),
    ...(job.paused_at !== null && job.paused_at < at ? [`${uuid} was ordered while its plan was paused`] : []),
    ...(job.held_at !== null && job.held_at < at ? [`${uuid} was ordered while its rollout was held back`] : []),
    ...(job.halted_at !== null && job.halted_at < at ? [`${uuid} was ordered while all plans were halted`] : []),
  ];
  const { window, zone, zoneKnown, zoneNamed, action = "", deadlineAt, goal } = job.read;
  if (purpose === "install" && goal === "installed" && deadlineAt !== undefined) {
    const from = window === undefined ? deadlineAt : deadlineAt - A_DAY;
    // Where nobody knows the zone, UTC is assumed, and the clock furthest behind must show it too.
    const behind = zoneKnown === false && zoneNamed !== true ? A_DAY / 2 : 0;
    if (at < from + behind) wrong.push(`${uuid} ordered the installation at ${at}, before its deadline ${deadlineAt}`);
  }
  // Who is only told that there is an update may be told at any time.
  if (purpose !== "install" || window === undefined || !RESTARTS.has(action)) return [...wrong, ...stopped];
  const local = clockIn(at, zone ?? "UTC");
  if (isWithin(local, window)) return [...wrong, ...stopped];
  return [...wrong, ...stopped, `${uuid} ordered the installation at ${local}, outside ${window.from}-${window.to}`];
}

/** Nothing of an update is handed out from the moment at which a device is excluded until its exclusion ends. */
function whileExcluded(
  { purpose, state, offered_at: at, uuid }: Command,
  { excluded_at: from, excluded_ends_at: to }: Enrollment,
): string[] {
  if (purpose !== "install" && purpose !== "download") return [];
  const broken = state === "offered" && at !== null && from !== null && to !== null && from < at && at < to;
  return broken ? [`${uuid} was ordered while the device was excluded`] : [];
}

/** What a device is declared lies within the plan's window, unless the admin has named the moment. */
function declaredInWindow({ id, live, read }: Read): string[] {
  const { window, zone, declared } = read;
  const enforcement = declared?.enforcement;
  if (live === 0 || window === undefined || enforcement?.from !== "window") return [];
  const local = enforcement.local.slice(11, 16);
  const shown = clockIn(enforcement.at, zone ?? "UTC");
  if (shown !== local) return [`job ${id} declares ${enforcement.local}, and takes that for ${shown} in ${zone}`];
  return isWithin(local, window)
    ? []
    : [`job ${id} declares ${enforcement.local}, outside ${window.from}-${window.to}`];
}

/** "HH:MM" within a window, which may go over midnight. */
const isWithin = (local: string, { from, to }: { readonly from: string; readonly to: string }): boolean =>
  from <= to ? local >= from && local < to : local >= from || local < to;

/** From one opening of a window to the next, on the day on which an hour comes twice. */
const A_DAY = 25 * 3_600_000;
const RESTARTS: ReadonlySet<string> = new Set(["InstallASAP", "InstallForceRestart"]);
const formats = new Map<string, Intl.DateTimeFormat>();

/** "HH:MM" in a zone. */
function clockIn(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
    formats.set(timeZone, format);
  }
  return format.format(at);
}
