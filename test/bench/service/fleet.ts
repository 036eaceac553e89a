/** A fleet as mixed as Apple's list: any model of it, on any version that it was offered or an older one. */
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Random, random } from "../../../simulator/random.ts";
import { parseLookupService, type Release } from "../../../src/catalog/index.ts";
import type { Platform } from "../../../src/protocol/index.ts";
import { FILE } from "../../../src/store/sqlite/connection.ts";
import { textKey, versionKey } from "../../../src/store/list-keys.ts";
import { NOW } from "./now.ts";

/** Devices in a hundred, by platform; where the list has none, the share goes to iOS. */
const SHARES: readonly (readonly [Platform, number])[] = [
  ["macOS", 35],
  ["tvOS", 4],
  ["visionOS", 1],
];
/** Versions that are older than any of the list. */
const OLD = ["26.4", "26.3.1", "26.2", "18.7.1", "18.6.2", "15.6.1"];
/** The first of them more often than the last. A Mac reports none. */
const ZONES = ["Europe/Berlin", "Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "Asia/Kolkata"];
/** Tags, and how many devices in a hundred have each. */
const TAGS = { pilot: 5, lab: 2, kiosk: 10, exam: 20 } as const;
/** On one device in so many, and on the first: a rule for it looks through the whole fleet for a few. */
export const RARE = { tag: "rare", every: 20_000 } as const;

/** A version as a device reports it. */
interface Installed {
  readonly version: string;
  readonly build: string;
}

/** Writes `count` enrolled devices that are heard now and then and have no job. Nothing else has the database open. */
export function seedMixed(directory: string, list: unknown, count: number): void {
  const models = modelsOf(parseLookupService(list).releases);
  const db = new DatabaseSync(join(directory, FILE));
  try {
    // What is lost in a power cut is a bench's.
    db.exec("PRAGMA synchronous = OFF; BEGIN");
    const columns = Object.keys(rowOf(0, models, random("columns")));
    const device = db.prepare(`INSERT INTO enrollment (${columns.join()}) VALUES (${columns.map(() => "?").join()})`);
    const tag = db.prepare("INSERT INTO device_tag (enrollment_id, tag) VALUES (?, ?)");
    const drawn = random("a mixed fleet");
    for (let n = 0; n < count; n += 1) {
      const row = rowOf(n, models, drawn);
      device.run(...Object.values(row));
      for (const [name, percent] of Object.entries(TAGS)) if (drawn.next() * 100 < percent) tag.run(idOf(n), name);
      if (n % RARE.every === 0) tag.run(idOf(n), RARE.tag);
    }
    db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}

interface Model {
  readonly id: string;
  readonly versions: readonly Installed[];
}
type Models = ReadonlyMap<Platform, readonly Model[]>;

function modelsOf(releases: readonly Release[]): Models {
  const platforms = new Map<Platform, Map<string, Installed[]>>();
  for (const { platform, version, build, devices, extra } of releases) {
    if (extra !== undefined) continue;
    const ids = platforms.get(platform) ?? new Map<string, Installed[]>();
    platforms.set(platform, ids);
    for (const id of devices) ids.set(id, [...(ids.get(id) ?? []), { version, build }]);
  }
  const older = OLD.map((version, i) => ({ version, build: `${version.split(".")[0] ?? ""}A${100 + i}` }));
  const model = ([id, listed]: [string, Installed[]]): Model => ({ id, versions: [...listed, ...older] });
  return new Map([...platforms].map(([platform, ids]) => [platform, [...ids].map(model)]));
}

function rowOf(n: number, models: Models, drawn: Random): Readonly<Record<string, SQLInputValue>> {
  const platform = platformAt(drawn.next() * 100, models);
  const { id, versions } = often(models.get(platform) ?? [], drawn);
  const { version, build } = often(versions, drawn);
  const isMac = platform === "macOS";
  const serial = `BENCH${n.toString(16).toUpperCase().padStart(7, "0")}`;
  return {
    id: idOf(n),
    apple_id: idOf(n).toUpperCase(),
    kind: "device",
    state: "enrolled",
    serial,
    device_name: `${platform} ${serial}`,
    name_key: textKey(`${platform} ${serial}`),
    os_key: versionKey(version),
    // A Mac is listed by its board; which of its names goes with which board does not matter here.
    product_name: isMac ? `Mac${14 + (id.length % 3)},${1 + (n % 9)}` : id,
    software_update_device_id: isMac ? id : null,
    platform,
    os_version: version,
    reported_version: version,
    build_version: build,
    time_zone: isMac ? null : often(ZONES, drawn),
    supervised: drawn.next() < 0.9 ? 1 : 0,
    enforces: drawn.next() < 0.8 ? 1 : 0,
    bootstrap_token_at: isMac && drawn.next() < 0.9 ? NOW : null,
    pushable: 1,
    awaiting_configuration: 0,
    access_rights: 8191,
    created_at: NOW,
    enrolled_at: NOW,
    last_seen_at: NOW - Math.floor(drawn.next() * 86_400_000),
    lease_until: 0,
    unheard: 0,
  };
}

const idOf = (n: number): string => `019900be-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

function platformAt(percent: number, models: Models): Platform {
  let share = 0;
  for (const [platform, its] of SHARES) {
    share += its;
    if (percent < share) return models.has(platform) ? platform : "iOS";
  }
  return "iOS";
}

/** A fleet has few models and versions often, and many seldom. */
function often<T>(all: readonly T[], drawn: Random): T {
  const one = all[Math.floor(all.length * drawn.next() ** 2)];
  if (one === undefined) throw new Error("the list has no device of a platform");
  return one;
}
