/** The ways in which Apple's list comes in when an admin asks: imported, fetched, or accepted though it is small. */
import { ageOf, OLD_AFTER, type ParsedList, type Release } from "../../catalog/index.ts";
import type { CatalogFetch as CatalogFetchView, CatalogImport } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { listNotes } from "../../words/index.ts";
import type { Actor } from "../actor.ts";
import { catalogOf } from "./catalog.ts";
import type { CatalogFetch } from "./catalog-fetch.ts";
import { refusedFetch } from "./fetch-view.ts";
import { type ListRecord, SMALLER, smallerIn } from "./list-record.ts";
import { listView, releaseId } from "./list-view.ts";
import { acceptSmaller } from "./note-fetch.ts";
import { noteList, taken, type TakenList } from "./note-list.ts";
import type { Ports } from "../ports.ts";
import { type ImportOptions, readList } from "./read-list.ts";
import { followWithdrawals } from "./withdrawn.ts";

export interface CatalogIntake {
  /**
   * Apple's Software Lookup Service answer, as JSON: taken, or nothing is changed. Throws `catalog-invalid`, `catalog-incomplete`,
   * `catalog-smaller`.
   */
  importCatalog(actor: Actor, json: unknown, options?: ImportOptions): Promise<CatalogImport>;
  /**
   * Fetches the list from Apple now. Throws `catalog-fetch-failed`, `catalog-fetch-limited`, `catalog-fetch-busy`,
   * `catalog-smaller`.
   */
  fetchCatalog(actor: Actor): Promise<CatalogFetchView>;
  /** Takes the fetched list that was only too small. Throws `catalog-not-waiting`. */
  acceptCatalog(actor: Actor): Promise<CatalogImport>;
  /** What that would change. Throws `catalog-not-waiting`. */
  tryAcceptCatalog(): Promise<CatalogImport>;
}

export function createIntake(ports: Ports, fetches: Pick<CatalogFetch, "fetch">): CatalogIntake {
  return {
    async importCatalog(actor, json, options = {}) {
      const now = ports.now();
      const { input, parsed, fromFuture } = readList(json, options, now);
      const result = await actor.run(noteList, input);
      if (result.kind === "smaller")
        throw new UptickError(
          "catalog-smaller",
          `The list has ${input.list.pairs} pairs of a version and a device, and the list before had ${result.before}.`,
        );
      await followWithdrawals(ports);
      return importView(result, parsed, now, fromFuture);
    },
    async fetchCatalog(actor) {
      const result = await fetches.fetch("admin", actor);
      const now = ports.now();
      if (result.kind === "taken") return { ...importView(result, result.parsed, now), changed: true };
      if (result.kind !== "confirmed") throw refusedFetch(result, ports.realNow());
      const { releases } = await catalogOf(ports);
      return {
        ...listView(result.list, now),
        releases: new Set(releases.filter(({ absent }) => absent === 0).map(releaseId)).size,
        added: 0,
        left: [],
        problems: result.problems,
        notes: [],
        changed: false,
      };
    },
    async acceptCatalog(actor) {
      const now = ports.now();
      const waiting = await waitingList(ports);
      if (waiting === null) throw notWaiting();
      const result = await actor.run(acceptSmaller, { date: waiting.given.list.date, now });
      if (result.kind === "none") throw notWaiting();
      await followWithdrawals(ports);
      return importView(result, waiting.parsed, now);
    },
    async tryAcceptCatalog() {
      const now = ports.now();
      const waiting = await waitingList(ports);
      if (waiting === null) throw notWaiting();
      const { list, rows } = await catalogOf(ports);
      return importView(taken(waiting.given, list, rows, now).result, waiting.parsed, now);
    },
  };
}

/** The fetched list that an admin may accept; null: there is none. */
async function waitingList({ devices }: Pick<Ports, "devices">) {
  const [row] = await devices.read({ from: "setting", where: { name: SMALLER } });
  const given = smallerIn(row?.value);
  if (given === null) return null;
  const releases = given.rows.map(({ doc }) => doc as unknown as Release);
  return { given, parsed: { releases, problems: given.problems } };
}

const notWaiting = (): UptickError => new UptickError("catalog-not-waiting", "No fetched list waits to be accepted.");

function importView(
  { list, added, left, before }: TakenList,
  { releases, problems }: Pick<ParsedList, "releases"> & { readonly problems: readonly string[] },
  now: number,
  fromFuture = false,
): CatalogImport {
  return {
    ...listView(list, now),
    releases: new Set(releases.map(releaseId)).size,
    added,
    left: [...new Set(left.map(({ platform, version, build }) => `${platform} ${version} (${build})`))],
    problems,
    notes: notesOf(list, fromFuture, before, now),
  };
}

function notesOf(list: ListRecord, fromFuture: boolean, before: ListRecord | null, now: number): string[] {
  const listDays = ageOf(list, now);
  return listNotes({
    listDays,
    fromFuture,
    dayOfImport: list.from === "clock",
    newerBefore: before !== null && before.date > list.date ? before.date : null,
    old: listDays > OLD_AFTER,
  });
}
