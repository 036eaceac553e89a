/** The server itself, as its admins run it: state, clock, push certificate, Apple's list, tokens, audit. */
import type { AuditEntry, ClockView, Page, Refusal, ServerStatus, Warning } from "../../contract/index.ts";
import type { AuditQuery } from "../../store/index.ts";
import { complianceCounts } from "../devices/compliance-view.ts";
import type { Actor } from "../actor.ts";
import { type AdminTokens, createAdminTokens } from "./admin-tokens.ts";
import { askedBy, type Caller, createStrangers, listAudit } from "./audit.ts";
import { catalogOf } from "../catalog/catalog.ts";
import type { CatalogFetch } from "../catalog/catalog-fetch.ts";
import { type CatalogService, createCatalogService } from "../catalog/catalog-service.ts";
import { listView, releaseId } from "../catalog/list-view.ts";
import { createSecurityService, type SecurityService } from "../catalog/security-service.ts";
import { clockView, recordMoment } from "./clock-record.ts";
import type { Enrollment } from "../identity/enrollment.ts";
import { createHealth, type Health } from "./health.ts";
import type { Ports } from "../ports.ts";
import { createPushCertificates, type PushCertificates, pushInForce } from "../push/push-certificates.ts";
import { listRefusals } from "./refusal-list.ts";
import type { Refusals } from "./refusals.ts";
import { currentWarnings, type WatchedEnds } from "./current-warnings.ts";

export interface ServerAdmin extends Health, AdminTokens, PushCertificates, CatalogService, SecurityService {
  status(): Promise<ServerStatus>;
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
  audit(query: AuditQuery): Promise<Page<AuditEntry>>;
  /**
   * The actor of a request: what it makes bears the caller's name, and the audit gets one row. `end` comes when the request
   * is done, with "ok" or the error's code.
   */
  askedBy(caller: Caller): { readonly actor: Actor; end(outcome: string): Promise<void> };
  /** A request for a change came without a valid token: it is counted. */
  noteStranger(stranger: Pick<Caller, "route" | "objectKind" | "address" | "requestId">): void;
}

export interface ServerAdminOptions extends WatchedEnds {
  readonly version: string;
  /** https origin that devices reach; undefined until it is configured. */
  readonly publicUrl: string | undefined;
  readonly organization: string;
  /** Other processes of this server may use the same store. */
  readonly shared: boolean;
  /** True: devices see a TLS certificate of this server's own CA. */
  readonly ownTls: boolean;
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
  return {
    ...createHealth(ports),
    ...createAdminTokens(ports, options),
    ...createPushCertificates(ports, options),
    ...createCatalogService(ports, catalogFetch, options),
    ...createSecurityService(ports),
    async status() {
      const push = await pushInForce(ports);
      const { list, releases } = await catalogOf(ports);
      return {
        version: options.version,
        devices: await ports.admin.countDevices(),
        compliance: await complianceCounts(ports.admin),
        releases: new Set(releases.map(releaseId)).size,
        catalog: list === null ? null : listView(list, ports.now()),
        publicUrl: options.publicUrl ?? null,
        push: push ?? null,
        warnings: await currentWarnings(ports, options),
        missing: await enrollment.missing(),
        ownTls: options.ownTls,
        refusals: await newest(["mdm", "scep"]),
        handshakes: await newest(["tls"]),
      };
    },
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
    askedBy: (caller) => askedBy(ports, caller),
    noteStranger: createStrangers(ports),
  };
}
