/** The audit, in pages and as exports. */
import { type Ask, type AuditEntry, type RouteOf, ROUTES } from "../../../contract/index.ts";
import { csvLine } from "../../../csv/index.ts";
import { ERRORS, UptickError } from "../../../errors/index.ts";
import type { AdminService } from "../../../service/index.ts";
import { csv, type Handlers, lines, ok } from "./reply.ts";

export const auditHandlers: Handlers<"listAudit" | "exportAudit" | "exportAuditCsv"> = {
  listAudit: async ({ server }, { query: { after, limit, ...filter } }) =>
    ok(await server.audit({ ...filterOf(filter), limit, ...(after === undefined ? {} : { after }) })),

  exportAudit: async ({ server }, { query }) => lines(server.auditRows(filterOf(query))),

  exportAuditCsv: async ({ server }, { query }) => csv("uptick-audit.csv", asCsv(server.auditRows(filterOf(query)))),
};

type Filter = Parameters<AdminService["server"]["auditRows"]>[0];

/** Names of operations that have no route, or no actor before they are done. */
const OTHERS = ["resetToken", "signIn"];

function filterOf({ actor, object, route, outcome, since, until }: Ask<RouteOf<"exportAudit">>["query"]): Filter {
  const [objectKind, ...id] = object?.split(":") ?? [];
  if (route !== undefined) checkWord("route", route, [...OTHERS, ...WRITES]);
  if (outcome !== undefined) checkWord("outcome", outcome, ["ok", "refused", ...Object.keys(ERRORS)]);
  return {
    ...(actor === undefined ? {} : { actor: actor === "none" ? null : actor }),
    ...(objectKind === undefined ? {} : { objectKind }),
    ...(id.length === 0 ? {} : { objectId: id.join(":") }),
    ...(route === undefined ? {} : { route }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}

const WRITES = Object.entries(ROUTES).flatMap(([name, { method }]) => (method === "GET" ? [] : [name]));

/** A word that no row can have would find nothing, which looks as if nothing had happened. */
function checkWord(field: string, word: string, words: readonly string[]): void {
  if (words.includes(word)) return;
  const known = words.toSorted().join(", ");
  throw new UptickError("request-invalid", `The request's query does not fit: ${field}: expected one of ${known}.`);
}

type Column = readonly [heading: string, value: (entry: AuditEntry) => string | number | null];

const document = (value: AuditEntry["before"]): string | null => (value === null ? null : JSON.stringify(value));

const COLUMNS: readonly Column[] = [
  ["recordedAt", ({ recordedAt }) => recordedAt],
  ["actor", ({ actor }) => actor],
  ["route", ({ route }) => route],
  ["objectKind", ({ object }) => object.kind],
  ["objectId", ({ object }) => object.id],
  ["detail", ({ detail }) => detail],
  ["before", ({ before }) => document(before)],
  ["after", ({ after }) => document(after)],
  ["outcome", ({ outcome }) => outcome],
  ["address", ({ address }) => address],
  ["requestId", ({ requestId }) => requestId],
  ["count", ({ count }) => count],
];

async function* asCsv(pages: AsyncGenerator<readonly AuditEntry[]>): AsyncGenerator<string> {
  let heading = csvLine(COLUMNS.map(([name]) => name));
  for await (const page of pages) {
    yield heading + page.map((entry) => csvLine(COLUMNS.map(([, valueOf]) => valueOf(entry)))).join("");
    heading = "";
  }
}
