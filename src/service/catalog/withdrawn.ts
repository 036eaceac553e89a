/**
 * Releases that Apple has withdrawn (targets C5): while live jobs go to one, a block by the system covers the models that lost it,
 * and is ended when Apple offers the release again. Looked at after each list that is taken or confirmed.
 */
import { bestStateFor, isSameNamed, type KnownRelease, letterOf, listedFor, versionText } from "../../catalog/index.ts";
import { matcherOf, oneOfRule, parseRule, printRule } from "../../plans/index.ts";
import { compareVersions, majorOf, type Platform } from "../../protocol/index.ts";
import { type BlockRow, transaction, type Write } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { createBlock, endBlock } from "./block.ts";
import { coveredJobs } from "./block-work.ts";
import { blocksIn } from "./blocks-in-force.ts";
import { catalogOf, type StoredCatalog } from "./catalog.ts";

/** Setting that says how far the lists have been looked at. */
const LOOKED = "catalog-withdrawn";
const SYSTEM = "system";
const WITHDRAWN = "Apple withdrew it.";
const OFFERED_AGAIN = "Apple offers it again.";
/** Live jobs that are looked at in one go. */
const PAGE = 500;

/** A release and the models from which Apple has withdrawn it. */
interface Withdrawn {
  readonly platform: Platform;
  readonly version: string;
  readonly extra: string | null;
  readonly rule: string;
}

interface Looked {
  /** Releases last seen before this moment (ms UTC) were absent from two lists already, and have been looked at. */
  readonly before: number;
}

/** Releases that two lists lack have been looked at. */
export const noteLooked = transaction({
  name: "noteLooked",
  reads: () => ({}),
  decide({ before }: Looked): { writes: Write[]; result: null } {
    return { writes: [{ put: "setting", row: { name: LOOKED, value: { before } } }], result: null };
  },
});

/** The list is taken already: a failure is logged, and the next list looks again. */
export async function followWithdrawals(ports: Ports): Promise<void> {
  try {
    const catalog = await catalogOf(ports);
    await endOffered(ports, catalog);
    await blockWithdrawn(ports, catalog);
  } catch (error) {
    ports.log.error("withdrawn-releases-failed", { error: String(error) });
  }
}

async function endOffered(ports: Ports, catalog: StoredCatalog): Promise<void> {
  const now = ports.now();
  for (const block of await blocksIn(ports)) {
    if (block.createdBy !== SYSTEM || !isOfferedTo(block, catalog, now)) continue;
    await ports.devices.run(endBlock, { id: block.id, by: SYSTEM, reason: OFFERED_AGAIN, firstId: ports.newId(), now });
    ports.log.info("release-offered-again", { platform: block.platform, version: textOf(block) });
  }
}

/** To one of the models that the block covers. From the others the catalog keeps it, whether a block holds or not. */
function isOfferedTo(block: BlockRow, catalog: StoredCatalog, now: number): boolean {
  const covers = matcherOf(parseRule(block.rule));
  return catalog.releases.some(
    (one) =>
      one.platform === block.platform &&
      isSameNamed(one, block) &&
      bestStateFor([one], catalog, { platform: one.platform, lookupIds: one.devices }, now) === "offered" &&
      one.devices.some((id) => covers(modelFacts(one.platform, id))),
  );
}

async function blockWithdrawn(ports: Ports, catalog: StoredCatalog): Promise<void> {
  const { admin, devices, log } = ports;
  const before = catalog.list?.before?.takenAt;
  if (before === undefined) return;
  const [setting] = await devices.read({ from: "setting", where: { name: LOOKED } });
  const looked = (setting?.value as unknown as Looked | undefined)?.before ?? 0;
  // By far the most lists make nothing absent for a second time.
  const fresh = catalog.releases.filter((_one, i) => {
    const seen = catalog.rows[i]?.lastSeenAt ?? before;
    return seen >= looked && seen < before;
  });
  if (fresh.length === 0) return;
  let left = withdrawnIn(fresh, catalog, ports.now());
  for (let after: string | null = null; left.length > 0; ) {
    const page = await admin.liveJobsAfter(after, PAGE);
    for (const one of left) {
      if ((await coveredJobs(ports, one, page)).length === 0) continue;
      left = left.filter((other) => other !== one);
      const row = { ...one, id: ports.newId(), until: null, reason: WITHDRAWN, createdBy: SYSTEM };
      const { kind } = await devices.run(createBlock, { row, now: ports.now() });
      log.warn("release-withdrawn", { platform: one.platform, version: textOf(one), rule: one.rule, block: kind });
    }
    after = page.at(-1)?.enrollmentId ?? null;
    if (page.length < PAGE) break;
  }
  await devices.run(noteLooked, { before });
}

/**
 * What became withdrawn with `fresh`, which two lists lack since the last look: these releases, and older ones of their major that
 * they had replaced.
 */
function withdrawnIn(fresh: readonly KnownRelease[], catalog: StoredCatalog, now: number): Withdrawn[] {
  const concerned = catalog.releases.filter(
    (one) =>
      one.absent === 2 &&
      fresh.some(
        (other) =>
          other.platform === one.platform &&
          majorOf(other.version) === majorOf(one.version) &&
          compareVersions(other.version, one.version) >= 0,
      ),
  );
  const releases = Map.groupBy(concerned, (one) => `${one.platform} ${one.version} ${letterOf(one.extra)}`);
  return [...releases.values()].flatMap((entries) => {
    const [first] = entries;
    if (first === undefined) return [];
    const { platform, version } = first;
    const extra = first.extra === undefined ? null : letterOf(first.extra);
    const models = [...new Set(entries.flatMap(({ devices }) => devices))].toSorted().filter((id) => {
      const device = { platform, lookupIds: [id] };
      const listed = listedFor(catalog, device);
      const own = listed.filter((one) => isSameNamed(one, { version, extra }));
      // What replaced it may be missing from one bad list only: that must not cost a device its download.
      const newer = listed.filter((one) => one.absent === 1 && isNewer(one, version));
      return newer.length === 0 && bestStateFor(own, catalog, device, now) === "withdrawn";
    });
    if (models.length === 0) return [];
    return [{ platform, version, extra, rule: printRule(oneOfRule("model", models)) }];
  });
}

const isNewer = (one: KnownRelease, version: string): boolean =>
  one.extra === undefined && majorOf(one.version) === majorOf(version) && compareVersions(one.version, version) > 0;

const modelFacts = (platform: Platform, id: string) => ({
  platform,
  productName: null,
  lookupIds: [id],
  osVersion: null,
  supervised: null,
  tags: NOTHING,
  serial: null,
  groups: NOTHING,
});

const NOTHING: ReadonlySet<string> = new Set();

const textOf = ({ version, extra }: Pick<BlockRow, "version" | "extra">): string =>
  versionText(version, extra ?? undefined);
