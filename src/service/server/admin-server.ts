/** The server itself, as its admins run it: state, clock, push certificate, Apple's list, tokens, audit. */
import type { AuditEntry, AuditPage, ClockView, Page, Refusal, ServerStatus, Warning } from "../../contract/index.ts";
import type { AuditQuery } from "../../store/index.ts";
import { complianceCounts } from "../devices/compliance-view.ts";
import type { Actor } from "../actor.ts";
import { type AdminTokens, createAdminTokens } from "./admin-tokens.ts";
import { type Asked, askedBy, type AuditFilter, auditRows, type Caller, createStrangers, listAudit } from "./audit.ts";
import { catalogOf } from "../catalog/catalog.ts";
import type { CatalogFetch } from "../catalog/catalog-fetch.ts";
import { type CatalogService, createCatalogService } from "../catalog/catalog-service.ts";
import { listView, releaseId } from "../catalog/list-view.ts";
import { createSecurityService, type SecurityService } from "../catalog/security-service.ts";
import { clockView, recordMoment } from "./clock-record.ts";
import type { Enrollment } from "../identity/enrollment.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { createHealth, type Health } from "./health.ts";
import type { Ports } from "../ports.ts";
import { createPushCertificates, type PushCertificates, pushInForce, pushView } from "../push/push-certificates.ts";
import { createKeyedRequests, type KeyedRequests } from "./keyed-requests.ts";
import { listRefusals } from "./refusal-list.ts";
import type { Refusals } from "./refusals.ts";
import { currentWarnings, type WatchedEnds } from "./current-warnings.ts";

export interface ServerAdmin extends Health, AdminTokens, PushCertificates, CatalogService, SecurityService {
  /** That of the program. */
  version(): string;
  status(): Promise<ServerStatus>;
  figures(): Promise<Figures>;
  /** The page that Prometheus reads. Never rejects. */
  metrics(): Promise<string>;
  /** Those of the status. */
  warnings(): Promise<readonly Warning[]>;
  clock(): Promise<ClockView>;
  /** The system clock is right: it is believed from now on. */
  acceptClock(actor: Actor): Promise<ClockView>;
  /** The latest first. */
  refusals(query: {
    readonly source?: Refusal["source"];
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<Refusal>>;
  /** Newest first. */
  audit(query: AuditQuery): Promise<AuditPage>;
  /** The same without pages, some rows at a time. */
  auditRows(filter: AuditFilter): AsyncGenerator<readonly AuditEntry[]>;
  /**
   * The actor of a request: what it makes bears the caller's name, and the audit gets one row. `end` comes when the request
   * is done, with "ok" or the error's code.
   */
  askedBy(caller: Caller): Asked;
  /** A request with an Idempotency-Key. Throws `idempotency-key-reused`, `idempotency-key-in-use`. */
  readonly takeKey: KeyedRequests["take"];
  /** A request for a change came without a valid token: it is counted. */
  readonly noteStranger: (stranger: Pick<Caller, "route" | "objectKind" | "address" | "requestId">) => void;
}

export interface ServerAdminOptions extends WatchedEnds {
  readonly version: string;
  /** Its devices are simulated, and nothing is kept. */
  readonly rehearsal: boolean;
  /** https origin that devices reach; undefined until it is configured. */
  readonly publicUrl: string | undefined;
  readonly organization: string;
  /** Other processes of this server may use the same store. */
  readonly shared: boolean;
  /** True: devices see a TLS certificate of this server's own CA. */
  readonly ownTls: boolean;
  readonly metrics: () => Promise<string>;
  /** Bytes that may still be written to the data directory; undefined where that is not known. */
  readonly diskFree: () => Promise<number | undefined>;
  /** A new push certificate, with its key (PEM), is in force from now on. */
  readonly onPush: (pem: string) => void;
}

const REFUSALS_SHOWN = 20;

/** What it needs of other parts of the server. */
export interface ServerParts {
  readonly enrollment: Pick<Enrollment, "missing">;
  readonly refusals: Pick<Refusals, "flush">;
  readonly catalogFetch: CatalogFetch;
}

export function createServerAdmin(
  ports: Ports,
  { enrollment, refusals, catalogFetch }: ServerParts,
  options: ServerAdminOptions,
): ServerAdmin {
  const newest = async (source: readonly Refusal["source"][]): Promise<readonly Refusal[]> =>
    (await listRefusals(ports, refusals, { source, limit: REFUSALS_SHOWN })).rows;
  const keyed = createKeyedRequests(ports, options);
  const strangers = createStrangers(ports);
  return {
    ...createHealth(ports, options.diskFree),
    ...createAdminTokens(ports, options),
    ...createPushCertificates(ports, options),
    ...createCatalogService(ports, catalogFetch, options),
    ...createSecurityService(ports),
    version: () => options.version,
    async status() {
      const push = await pushInForce(ports);
      const { list, releases } = await catalogOf(ports);
      return {
        version: options.version,
        rehearsal: options.rehearsal,
        devices: await ports.admin.countDevices(),
        compliance: await complianceCounts(ports.admin),
        releases: new Set(releases.map(releaseId)).size,
        catalog: list === null ? null : listView(list, ports.now()),
        publicUrl: options.publicUrl ?? null,
        push: push === undefined ? null : pushView(push),
        warnings: await currentWarnings(ports, options),
        missing: await enrollment.missing(),
        ownTls: options.ownTls,
        refusals: await newest(["mdm", "scep"]),
        handshakes: await newest(["tls"]),
      };
    },
    figures: () => figuresOf(ports, options),
    metrics: options.metrics,
    warnings: () => currentWarnings(ports, options),
    clock: async () => clockView(ports.clock),
    async acceptClock(actor) {
      ports.clock.accept();
      await recordMoment(actor, ports.clock);
      return clockView(ports.clock);
    },
    refusals: ({ source, ...query }) =>
      listRefusals(ports, refusals, { ...query, ...(source === undefined ? {} : { source: [source] }) }),
    audit: (query) => listAudit(ports, query),
    auditRows: (filter) => auditRows(ports, filter),
    askedBy: (caller) => askedBy(ports, caller),
    takeKey: (request) => keyed.take(request),
    noteStranger: (stranger) => strangers({ ...stranger, account: "", outcome: "unauthorized" }),
  };
}
