/** Blocks as an admin makes, tries, lists and ends them. */
import { letterOf, parseTarget, versionText } from "../../catalog/index.ts";
import type { Block, BlockRequest, BlockTrial, NewBlock, Page } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { parseRule, printRule, readLiveJob } from "../../plans/index.ts";
import { compareVersions, type Platform, platformNamed } from "../../protocol/index.ts";
import type { BlockRow, LiveJob } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { scopeOf } from "../scopes/scope.ts";
import { createBlock, endBlock, MOST_BLOCKS } from "./block.ts";
import { coveredJobs } from "./block-work.ts";
import { catalogOf } from "./catalog.ts";

export interface BlockAdmin {
  /** Throws `target-invalid`, `block-invalid`, `rule-invalid`, `group-unknown`, `release-ambiguous`, `release-unknown`. */
  tryBlock(request: BlockRequest): Promise<BlockTrial>;
  /** From now on no job to the release is made for a device that it covers; live jobs are withdrawn. Throws as `tryBlock`, and `blocks-too-many`. */
  block(actor: Actor, request: BlockRequest): Promise<NewBlock>;
  /** Those that hold first, the newest first. */
  blocks(after: string | undefined, limit: number): Promise<Page<Block>>;
  /** Throws `block-unknown`. */
  showBlock(ref: string): Promise<Block>;
  /** Throws `block-unknown`. */
  unblock(actor: Actor, ref: string, reason: string): Promise<Block>;
}

type Asked = Pick<BlockRow, "platform" | "version" | "extra" | "rule" | "until" | "reason">;

/** The list that a cursor is of. */
const LIST = "blocks";
/** Rows that are read at once. */
const PAGE = 500;
/** Devices that run the release and are named. */
const NAMED = 10;

export function createBlockAdmin(ports: Ports): BlockAdmin {
  const { admin } = ports;

  async function asked({ version, platform, rule, until, reason }: BlockRequest): Promise<Asked> {
    const target = parseTarget(version);
    const limits = target.below ?? target.floor ?? target.ageDays;
    if (target.kind !== "exact" || target.build !== undefined || limits !== undefined)
      throw new UptickError("block-invalid", `"${version}" is not a version such as 26.6.1 or 26.3.1 (a).`);
    const extra = target.extra ?? null;
    const found = await listedOn(target.version, extra);
    const on = platform === undefined ? onlyOne(version, [...found.keys()]) : platformOf(platform);
    const parsed = parseRule(rule ?? "all");
    // Its groups are known before it is kept.
    await scopeOf(admin, parsed);
    return {
      platform: on,
      version: found.get(on) ?? target.version,
      extra,
      rule: printRule(parsed),
      until: until === undefined ? null : Date.parse(`${until}T00:00:00Z`),
      reason,
    };
  }

  /** The platforms on which any list had the version, and how it wrote it. */
  async function listedOn(version: string, extra: string | null): Promise<Map<Platform, string>> {
    const { releases } = await catalogOf(ports);
    const same = releases.filter(
      (one) => compareVersions(one.version, version) === 0 && letterOf(one.extra) === (extra ?? ""),
    );
    return new Map(same.map((one) => [one.platform, one.version]));
  }

  async function trialOf(block: Asked): Promise<BlockTrial> {
    const { platform, version, extra, rule } = block;
    const scope = await scopeOf(admin, parseRule(rule));
    let devices = 0;
    let running = 0;
    const firstRunning: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await admin.fleet(after, PAGE);
      const covered = await scope.of(page.filter((row) => row.platform === platform));
      devices += covered.length;
      for (const row of covered) {
        if (row.osVersion === null || compareVersions(row.osVersion, version) !== 0) continue;
        if (extra !== null && letterOf(row.supplementalExtra ?? "") !== extra) continue;
        running += 1;
        if (firstRunning.length < NAMED) firstRunning.push(row.serial ?? row.id);
      }
      after = page.at(-1)?.id;
      if (page.length < PAGE) break;
    }
    return { platform, version: textOf(block), rule, devices, running, firstRunning, jobs: await jobsOf(block) };
  }

  async function jobsOf(block: Asked): Promise<BlockTrial["jobs"]> {
    const counts = { open: 0, declared: 0, ordered: 0 };
    for (let after: string | null = null; ; ) {
      const page: readonly LiveJob[] = await admin.liveJobsAfter(after, PAGE);
      for (const { doc } of await coveredJobs(ports, block, page)) counts[standing(doc)] += 1;
      after = page.at(-1)?.enrollmentId ?? null;
      if (page.length < PAGE) return counts;
    }
  }

  async function found(ref: string): Promise<BlockRow> {
    const exact = await admin.block(ref);
    if (exact !== undefined) return exact;
    const [row, another] = (await admin.blocks()).filter(({ id }) => id.endsWith(ref));
    if (row !== undefined && another === undefined) return row;
    throw new UptickError(
      "block-unknown",
      `There is no block ${ref}${another === undefined ? "" : " that only one id ends with"}.`,
    );
  }

  return {
    tryBlock: async (request) => trialOf(await asked(request)),
    async block(actor, request) {
      const block = await asked(request);
      // Counted before it holds: afterwards the jobs are being withdrawn.
      const trial = await trialOf(block);
      const input = { row: { ...block, id: ports.newId(), createdBy: actor.name }, now: ports.now() };
      const result = await actor.run(createBlock, input);
      if (result.kind === "too-many") throw new UptickError("blocks-too-many", `${MOST_BLOCKS} blocks hold already.`);
      return { ...viewOf(result.block, ports.now()), trial };
    },
    async blocks(after, limit) {
      const now = ports.now();
      const page = await admin.blockPage(keyIn(LIST, after), limit);
      return { rows: page.rows.map((row) => viewOf(row, now)), next: cursorOf(LIST, page.next) };
    },
    showBlock: async (ref) => viewOf(await found(ref), ports.now()),
    async unblock(actor, ref, reason) {
      const { id } = await found(ref);
      await actor.run(endBlock, { id, by: actor.name, reason, firstId: ports.newId(), now: ports.now() });
      return viewOf(await found(id), ports.now());
    },
  };
}

function onlyOne(version: string, platforms: readonly Platform[]): Platform {
  const [only, another] = platforms;
  if (only === undefined)
    throw new UptickError("release-unknown", `No list had ${version}: name its platform to block it nevertheless.`);
  if (another === undefined) return only;
  throw new UptickError("release-ambiguous", `${version} is a release of ${platforms.join(", ")}: name the platform.`);
}

/** iPads are of the platform iOS, and a block for them alone needs a rule. */
function platformOf(name: string): Platform {
  const platform = platformNamed(name);
  if (platform !== undefined) return platform;
  throw new UptickError(
    "block-invalid",
    `${name} is a part of the platform iOS: name iOS, and the rule platform = ${name}.`,
  );
}

/** How far the job is, for who wants to know what a block can still prevent. */
function standing(doc: LiveJob["doc"]): keyof BlockTrial["jobs"] {
  const job = readLiveJob(doc);
  if (job.orders.installs > 0) return "ordered";
  return job.mechanism === "declaration" ? "declared" : "open";
}

const textOf = ({ version, extra }: Pick<BlockRow, "version" | "extra">): string =>
  versionText(version, extra ?? undefined);

/** "macOS 26.6.2" */
export const blockName = (row: BlockRow): string => `${row.platform} ${textOf(row)}`;

/** At its day it asks; nothing has to change in its row for that. */
export const asks = ({ live, until }: Pick<BlockRow, "live" | "until">, now: number): boolean =>
  live === 1 && until !== null && until <= now;

function viewOf(row: BlockRow, now: number): Block {
  return {
    id: row.id,
    platform: row.platform,
    version: textOf(row),
    rule: row.rule,
    state: row.live === 0 ? "ended" : asks(row, now) ? "asks" : "active",
    reason: row.reason,
    until: row.until === null ? null : isoTime(row.until).slice(0, 10),
    createdAt: isoTime(row.createdAt),
    createdBy: row.createdBy,
    endedAt: row.endedAt === null ? null : isoTime(row.endedAt),
    endedBy: row.endedBy,
    endReason: row.endReason,
    working: row.dueAt !== null,
  };
}
