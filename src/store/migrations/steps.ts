/**
 * All steps of the schema, in order, each with its SQL for both backends. A step's number is its place in the list, counted
 * from 1; a database's schema is the number of steps that were taken. Steps are never changed: databases have taken them.
 */
import { audit as auditPostgres } from "./postgres/0011-audit.ts";
import { begun as begunPostgres } from "./postgres/0012-begun.ts";
import { bindings as bindingsPostgres } from "./postgres/0010-bindings.ts";
import { bodies as bodiesPostgres } from "./postgres/0013-bodies.ts";
import { catalogList as catalogListPostgres } from "./postgres/0019-catalog-list.ts";
import { chunkAdded as chunkAddedPostgres } from "./postgres/0007-chunk-added.ts";
import { declarations as declarationsPostgres } from "./postgres/0004-declarations.ts";
import { fellBack as fellBackPostgres } from "./postgres/0018-fell-back.ts";
import { first as firstPostgres } from "./postgres/0001-first.ts";
import { links as linksPostgres } from "./postgres/0003-links.ts";
import { pending as pendingPostgres } from "./postgres/0009-pending.ts";
import { policies as policiesPostgres } from "./postgres/0005-policies.ts";
import { reach as reachPostgres } from "./postgres/0008-reach.ts";
import { refusals as refusalsPostgres } from "./postgres/0014-refusals.ts";
import { removed as removedPostgres } from "./postgres/0017-removed.ts";
import { renewals as renewalsPostgres } from "./postgres/0002-renewals.ts";
import { repeats as repeatsPostgres } from "./postgres/0016-repeats.ts";
import { warnings as warningsPostgres } from "./postgres/0015-warnings.ts";
import { withdrawn as withdrawnPostgres } from "./postgres/0006-withdrawn.ts";
import { audit as auditSqlite } from "./sqlite/0012-audit.ts";
import { begun as begunSqlite } from "./sqlite/0013-begun.ts";
import { bindings as bindingsSqlite } from "./sqlite/0011-bindings.ts";
import { bodies as bodiesSqlite } from "./sqlite/0014-bodies.ts";
import { catalogList as catalogListSqlite } from "./sqlite/0020-catalog-list.ts";
import { chunkAdded as chunkAddedSqlite } from "./sqlite/0008-chunk-added.ts";
import { declarations as declarationsSqlite } from "./sqlite/0005-declarations.ts";
import { factsAsked as factsAskedSqlite } from "./sqlite/0002-facts-asked.ts";
import { fellBack as fellBackSqlite } from "./sqlite/0019-fell-back.ts";
import { first as firstSqlite } from "./sqlite/0001-first.ts";
import { links as linksSqlite } from "./sqlite/0004-links.ts";
import { pending as pendingSqlite } from "./sqlite/0010-pending.ts";
import { policies as policiesSqlite } from "./sqlite/0006-policies.ts";
import { reach as reachSqlite } from "./sqlite/0009-reach.ts";
import { refusals as refusalsSqlite } from "./sqlite/0015-refusals.ts";
import { removed as removedSqlite } from "./sqlite/0018-removed.ts";
import { renewals as renewalsSqlite } from "./sqlite/0003-renewals.ts";
import { repeats as repeatsSqlite } from "./sqlite/0017-repeats.ts";
import { warnings as warningsSqlite } from "./sqlite/0016-warnings.ts";
import { withdrawn as withdrawnSqlite } from "./sqlite/0007-withdrawn.ts";
import { foundByColumns } from "./0021-found-by-columns.ts";
import { planDevices } from "./0022-plan-devices.ts";
import { facts } from "./0023-facts.ts";
import { commandBytes } from "./0025-command-bytes.ts";
import { securityReleases } from "./0028-security-releases.ts";
import { exclusions } from "./0033-exclusions.ts";
import { halt } from "./0031-halt.ts";
import { dryRuns } from "./0035-dry-runs.ts";
import { joinedPlan } from "./0036-joined-plan.ts";
import { joinedAs } from "./0039-joined-as.ts";
import { blackouts } from "./0034-blackouts.ts";
import { fleetLists } from "./0024-fleet-lists.ts";
import { scopes } from "./0026-scopes.ts";
import { blocks } from "./0027-blocks.ts";
import { compliance } from "./0030-compliance.ts";
import { versionHistory } from "./0029-version-history.ts";
import { standing } from "./0032-standing.ts";
import { oncePlans } from "./0037-once-plans.ts";
import { gateLooks } from "./0038-gate-looks.ts";
import { auditWhole } from "./0041-audit-whole.ts";
import { keyedRequests } from "./0042-keyed-requests.ts";
import { gateMembers } from "./0040-gate-members.ts";
import { tokenRoles } from "./0043-token-roles.ts";
import { accounts } from "./0044-accounts.ts";
import { sessions } from "./0045-sessions.ts";
import { events } from "./0046-events.ts";
import { webhooks } from "./0047-webhooks.ts";
import { listKeys } from "./0048-list-keys.ts";
import { deviceList } from "./0049-device-list.ts";
import { planLists } from "./0050-plan-lists.ts";
import { gateOthers } from "./0051-gate-others.ts";
import { onceMembers } from "./0052-once-members.ts";
import type { Step } from "./step.ts";

export const STEPS: readonly Step[] = [
  { name: "first", sqlite: firstSqlite, postgres: firstPostgres },
  // The first schema had it in PostgreSQL.
  { name: "facts-asked", sqlite: factsAskedSqlite, postgres: "" },
  { name: "renewals", sqlite: renewalsSqlite, postgres: renewalsPostgres },
  { name: "links", sqlite: linksSqlite, postgres: linksPostgres },
  { name: "declarations", sqlite: declarationsSqlite, postgres: declarationsPostgres },
  { name: "policies", sqlite: policiesSqlite, postgres: policiesPostgres },
  { name: "withdrawn", sqlite: withdrawnSqlite, postgres: withdrawnPostgres },
  { name: "chunk-added", sqlite: chunkAddedSqlite, postgres: chunkAddedPostgres },
  { name: "reach", sqlite: reachSqlite, postgres: reachPostgres },
  { name: "pending", sqlite: pendingSqlite, postgres: pendingPostgres },
  { name: "bindings", sqlite: bindingsSqlite, postgres: bindingsPostgres },
  { name: "audit", sqlite: auditSqlite, postgres: auditPostgres },
  { name: "begun", sqlite: begunSqlite, postgres: begunPostgres },
  { name: "bodies", sqlite: bodiesSqlite, postgres: bodiesPostgres },
  { name: "refusals", sqlite: refusalsSqlite, postgres: refusalsPostgres },
  { name: "warnings", sqlite: warningsSqlite, postgres: warningsPostgres },
  { name: "repeats", sqlite: repeatsSqlite, postgres: repeatsPostgres },
  { name: "removed", sqlite: removedSqlite, postgres: removedPostgres },
  { name: "fell-back", sqlite: fellBackSqlite, postgres: fellBackPostgres },
  { name: "catalog-list", sqlite: catalogListSqlite, postgres: catalogListPostgres },
  foundByColumns,
  planDevices,
  facts,
  fleetLists,
  commandBytes,
  scopes,
  blocks,
  securityReleases,
  versionHistory,
  compliance,
  halt,
  standing,
  exclusions,
  blackouts,
  dryRuns,
  joinedPlan,
  oncePlans,
  gateLooks,
  joinedAs,
  gateMembers,
  auditWhole,
  keyedRequests,
  tokenRoles,
  accounts,
  sessions,
  events,
  webhooks,
  listKeys,
  deviceList,
  planLists,
  gateOthers,
  onceMembers,
];

/** What comes before the step of that name: for tests, which make a database as an earlier program left it. */
export function stepsBefore(name: string): readonly Step[] {
  const at = STEPS.findIndex((one) => one.name === name);
  if (at < 0) throw new Error(`there is no step ${name}`);
  return STEPS.slice(0, at);
}

/** The last step of which the number was another in PostgreSQL: it counted without the second, for which it had no need. */
const LAST_APART = 20;

/** What PostgreSQL calls the schema after the first `steps` steps: the same number as SQLite's from the 21st on. */
export const postgresNumber = (steps: number): number => (steps >= 2 && steps <= LAST_APART ? steps - 1 : steps);

/** How many steps a PostgreSQL database of that number has taken. */
export const postgresSteps = (number: number): number => (number >= 1 && number < LAST_APART ? number + 1 : number);
