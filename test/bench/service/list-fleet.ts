/** What makes lists slow: classes, deadlines, rings, three jobs and a timeline of each device of a mixed fleet, and many plans. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Random, random } from "../../../simulator/random.ts";
import { type JobSeed, newJob } from "../../../src/plans/index.ts";
import { FILE } from "../../../src/store/sqlite/connection.ts";
import { NOW } from "./now.ts";

const DAY = 86_400_000;
export const PLANS = 200;
/** Standing plans; the others are older and decided once. */
const STANDING = 20;
const JOBS = 3;
const ENTRIES = 10;

/** Classes of a hundred devices, with reasons that go with them. */
const CLASSES: readonly (readonly [name: string, percent: number, reasons: readonly string[]])[] = [
  ["waiting-person", 2, ["bootstrap-token-missing", "insufficient-space", "declined"]],
  ["cannot", 1, ["not-supervised", "hardware-ended"]],
  ["unknown", 3, ["silent"]],
  ["no-plan", 4, ["no-plan"]],
  ["under-way", 25, ["window", "downloading", "waits-for-deadline"]],
  ["on-target", 65, ["on-newest"]],
];
/** How the newest job of a device stands, in ten thousand; the rest is done. */
const STATES: readonly (readonly [state: string, share: number])[] = [
  ["blocked", 20],
  ["failed", 5],
  ["installing", 300],
  ["downloading", 500],
];

export const planId = (n: number): string => `019900ff-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

/** Nothing else has the database open. */
export function seedHistory(directory: string): void {
  const db = new DatabaseSync(join(directory, FILE));
  try {
    db.exec("PRAGMA synchronous = OFF; BEGIN");
    const drawn = random("history of a fleet");
    addPlans(db);
    const ids = db.prepare("SELECT id FROM enrollment ORDER BY id").all();
    const classed =
      db.prepare(`UPDATE enrollment SET compliance = ?, compliance_reason = ?, flags = ?, deadline_at = ?, governed_by = ?, ring = ?,
      last_seen_at = ? WHERE id = ?`);
    const job =
      db.prepare(`INSERT INTO job (id, plan_id, enrollment_id, live, begun, state, reason, due_at, doc, created_at, finished_at, lease_until, mechanism)
      VALUES (?, ?, ?, ?, 1, ?, 'begun', NULL, ?, ?, ?, 0, ?)`);
    const entry = db.prepare(
      "INSERT INTO timeline (enrollment_id, at, kind, data, raw) VALUES (?, ?, 'poll', '{}', 'null')",
    );
    for (const [n, { id }] of ids.entries()) {
      const device = String(id);
      const [name, reasons] = classAt(drawn.next() * 100);
      const flags = [
        drawn.next() < 0.01 ? "overdue" : "",
        drawn.next() < 0.03 ? "exposed" : "",
        drawn.next() < 0.6 ? "newest" : "",
      ];
      const raised = flags
        .filter((flag) => flag !== "")
        .map((flag) => ` ${flag}`)
        .join("");
      const governed = name === "no-plan" ? null : planId(n % STANDING);
      const deadline =
        governed === null || drawn.next() < 0.3 ? null : NOW + Math.floor((drawn.next() - 0.2) * 20) * DAY;
      const seen = NOW - Math.floor(drawn.next() ** 8 * 60 * DAY);
      classed.run(
        name,
        reasons[n % reasons.length] ?? "",
        raised === "" ? "" : `${raised} `,
        deadline,
        governed,
        governed === null ? null : n % 3,
        seen,
        device,
      );
      addJobs(job, device, n, drawn);
      for (let k = 0; k < ENTRIES; k += 1) entry.run(device, NOW - k * DAY);
    }
    db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}

function addPlans(db: DatabaseSync): void {
  const plan =
    db.prepare(`INSERT INTO plan (id, name, kind, place, revision, state, created_at, spec, devices, lease_until)
    VALUES (?, ?, 'once', NULL, 1, 'active', ?, ?, ?, 0)`);
  const spec = JSON.stringify({ to: "26.6.2", target: { kind: "version", version: "26.6.2" }, action: "install" });
  for (let n = 0; n < PLANS; n += 1) plan.run(planId(n), `Plan ${n}`, NOW - n * DAY, spec, 1500);
}

type Statement = ReturnType<DatabaseSync["prepare"]>;

/** Two that have ended, and the newest as the fleet has it. */
function addJobs(job: Statement, device: string, n: number, drawn: Random): void {
  for (let k = JOBS - 1; k >= 0; k -= 1) {
    const state = k === 0 ? stateAt(drawn.next() * 10_000) : "done";
    const live = ["done", "failed"].includes(state) ? 0 : 1;
    const mechanism = n % 4 === 0 ? "command" : "declaration";
    const plan = planId((n * JOBS + k) % PLANS);
    const doc = documentOf(state, mechanism, `${device}-${k}`, plan);
    const at = NOW - k * 30 * DAY;
    job.run(`${device}-${k}`, plan, device, live, state, doc, at, live === 1 ? null : at + DAY, mechanism);
  }
}

const SEED: JobSeed = {
  enrollmentId: "e",
  platform: "iOS",
  from: { version: "26.5" },
  target: { version: "26.6.1", major: false },
  goal: "installed",
  action: "InstallASAP",
  twoSteps: true,
  identify: "product-version",
  zone: "Europe/Berlin",
  zoneKnown: true,
};

/** In this state with as little as a view of it needs; as long as those of a rollout are. */
function documentOf(state: string, mechanism: string, id: string, plan: string): string {
  const made = newJob(SEED, { id, planId: plan }, NOW);
  const over = ["done", "failed"].includes(state) ? { next: null, end: { at: NOW } } : {};
  const way = mechanism === "declaration" ? { mechanism, declared: {} } : {};
  return JSON.stringify({ ...made, ...way, state, ...over, known: { productKey: "x".repeat(PADDING) } });
}
const PADDING = 500;

function classAt(percent: number): readonly [name: string, reasons: readonly string[]] {
  let sum = 0;
  for (const [name, share, reasons] of CLASSES) {
    sum += share;
    if (percent < sum) return [name, reasons];
  }
  return ["on-target", ["on-newest"]];
}

function stateAt(share: number): string {
  let sum = 0;
  for (const [state, part] of STATES) {
    sum += part;
    if (share < sum) return state;
  }
  return "done";
}
