/** Fetches of Apple's list, from its JSON to the commit: one that changes nothing beside one that brings a new list; and reading it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createCatalogFetch } from "../../../src/service/catalog/catalog-fetch.ts";
import { createCatalogService } from "../../../src/service/catalog/catalog-service.ts";
import { type JsonOutcome, type Ports, systemActor, transactions } from "../../../src/service/index.ts";
import { byName, migrate, openInProcess } from "../../../src/store/sqlite/index.ts";
import type { BenchOptions } from "../options.ts";
import { NOW } from "./now.ts";
import { sayTurns, takeTurns } from "./turns.ts";

const DAY = 86_400_000;
const PAGE = 100;

export async function benchCatalog(list: unknown, { laps }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "uptick-bench-"));
  const db = new DatabaseSync(join(folder, "catalog.sqlite"));
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    migrate(db, "");
    await measure(db, list, laps);
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(db: DatabaseSync, list: unknown, laps: number): Promise<void> {
  const store = openInProcess({ db, transactions: byName(transactions) });
  const { devices, admin } = store;
  let now = NOW;
  let answer: JsonOutcome = { kind: "not-modified" };
  let ids = 0;
  const nothing = (): void => undefined;
  const ports = {
    devices,
    admin,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    now: () => now,
    realNow: () => now,
    newId: () => `bench-${(ids += 1)}`,
    random: (bytes: number) => new Uint8Array(bytes),
  } as unknown as Ports;
  const fetches = createCatalogFetch(ports, { fetch: () => Promise.resolve(answer) });
  const service = createCatalogService(ports, fetches, { fetchesCatalog: true });
  const actor = systemActor(ports);

  /** Rows that this connection has written so far. */
  const written = (): number => Number(db.prepare("SELECT total_changes() AS n").get()?.["n"]);
  const rows = new Map<string, number>();
  const json = (version: string | undefined): JsonOutcome => ({
    kind: "json",
    json: version === undefined ? current : withNew(list, version),
    validators: { etag: version ?? "same", lastModified: null },
  });
  let current = list;
  async function fetched(name: string, kind: "taken" | "confirmed"): Promise<number> {
    const before = written();
    const { kind: was } = await fetches.fetch("admin", actor);
    if (was !== kind) throw new Error(`a fetch that must be ${kind} was ${was}`);
    rows.set(name, written() - before);
    return 1;
  }
  async function read(): Promise<number> {
    let releases = 0;
    for (let after: string | undefined; ; ) {
      const page = await service.releases({ limit: PAGE, ...(after === undefined ? {} : { after }) });
      releases += page.rows.length;
      if (page.next === null) return releases;
      after = page.next;
    }
  }

  const names = {
    taken: "fetch of a list with one new release",
    same: "fetch of the same list",
    unmodified: "fetch that is answered 304",
  };
  let fresh = 0;
  await service.importCatalog(actor, list, { modifiedAt: now - DAY });
  const taken = await takeTurns(
    {
      [names.taken]: () => fetched(names.taken, "taken"),
      [names.same]: () => fetched(names.same, "confirmed"),
      [names.unmodified]: () => fetched(names.unmodified, "confirmed"),
    },
    laps,
    async (name) => {
      now += DAY;
      if (name === names.taken) {
        answer = json(`26.90.${(fresh += 1)}`);
        if (answer.kind === "json") current = answer.json;
      } else answer = name === names.same ? json(undefined) : { kind: "not-modified" };
    },
  );
  sayTurns(taken, "fetches", (name) => `${rows.get(name)} rows written`);

  let releases = 0;
  const lists = {
    "catalog list, the first time after a new list": async () => (releases = await read()),
    "catalog list": async () => (releases = await read()),
  };
  const reads = await takeTurns(lists, laps, async (name) => {
    if (name === "catalog list") return;
    now += DAY;
    answer = json(`26.90.${(fresh += 1)}`);
    await fetches.fetch("admin", actor);
  });
  sayTurns(reads, "releases", () => `${releases} releases, ${PAGE} at a time`);
  await store.close();
}

type Sets = Readonly<Record<string, Readonly<Record<string, readonly object[]>>>>;

/** The list with one release more for its iPhones and iPads. */
function withNew(list: unknown, version: string): unknown {
  const sets = list as Sets;
  const entries = sets["PublicAssetSets"]?.["iOS"] ?? [];
  const more = { ...entries[0], ProductVersion: version, Build: `30A${version.split(".")[2] ?? ""}` };
  return { ...sets, PublicAssetSets: { ...sets["PublicAssetSets"], iOS: [...entries, more] } };
}
