/** The server without its sockets: the use cases of devices and admins, and the loops that time drives, on given ports. */
import { setTimeout as sleep } from "node:timers/promises";
import { readCertificates, signProfile } from "../identity/index.ts";
import {
  type AdminService,
  createAdminService,
  createAnswers,
  createCatalogFetch,
  createDeviceService,
  createDueWork,
  createEnrollment,
  createEnrollmentLinks,
  createEventHub,
  createLastSeen,
  createMdmEndpoint,
  createRefusals,
  createRenewals,
  createScepEndpoint,
  createSecurityFetch,
  createWebhookAdmin,
  createWebhookWork,
  type FeedPort,
  type HistoryAges,
  type LinkEndpoint,
  type LookupService,
  type MdmEndpoint,
  type OidcOptions,
  noteWarnings,
  type Ports,
  PUSH_OUTCOMES,
  type PushClient,
  recordMoment,
  type Refusals,
  type ScepEndpoint,
  type ServerIdentity,
  systemActor,
  type WebhookPort,
} from "../service/index.ts";
import type { Clock, RealClock } from "./clock.ts";
import type { Config } from "./config/index.ts";
import type { Tls } from "./listeners.ts";
import { freeIn } from "./data-files.ts";
import { type Intervals, type Loops, startLoops } from "./loops.ts";
import { createMetrics, type Metrics } from "../metrics/index.ts";
import type { SettingFiles } from "./setting-files.ts";
import { VERSION } from "./version.ts";
import { countedDevices, countedPushes } from "./counted.ts";

/** The settings that are no matter of sockets, files or databases. */
export type ServiceConfig = Pick<
  Config,
  | "publicUrl"
  | "organization"
  | "accessRights"
  | "signMessages"
  | "trustedProxies"
  | "expiredIdentities"
  | "defaultZone"
  | "identityDays"
  | "historyDays"
  | "auditDays"
  | "pushRate"
  | "catalogFetch"
>;

export interface ServicesOptions {
  readonly config: ServiceConfig;
  readonly identity: ServerIdentity;
  /** What pushes leave by; `use`: a push certificate was imported. */
  readonly push: { current(): PushClient | undefined; use(pem: string | undefined): void };
  /** What Apple's list is fetched from. */
  readonly lookupService: LookupService;
  /** What feeds of CVEs are fetched from, after each daily fetch of Apple's list; undefined: none are. */
  readonly cveFeeds: FeedPort | undefined;
  /** The identity provider of people who sign in; undefined: there is none. */
  readonly oidc?: OidcOptions | undefined;
  /** What webhooks are told by. */
  readonly webhooks: WebhookPort;
  /** What the MDM endpoint shows; undefined where devices reach it without TLS, in this process. */
  readonly tls: Tls | undefined;
  readonly files: Pick<SettingFiles, "otherHost" | "identityCa">;
  /** Other processes of this server may use the same store. */
  readonly shared: boolean;
  readonly rehearsal?: boolean;
  /** Where the server keeps its data; absent: in no directory. */
  readonly dataDir?: string;
}

export interface Services {
  readonly admin: AdminService;
  readonly endpoint: MdmEndpoint;
  readonly scep: ScepEndpoint;
  readonly links: LinkEndpoint;
  readonly refusals: Refusals;
  readonly metrics: Metrics;
  /** Begins the work that time brings. */
  startLoops(clock: Clock, real: RealClock, intervals: Intervals): Loops;
  /**
   * Who waits for a device's answer gets what there is now, and asks the server that comes after this one. A fetch of Apple's list
   * ends; that server does it again. A fetch of CVEs ends too, and is done again after the next one of the list.
   */
  endWaits(): void;
}

const DAY = 24 * 3_600_000;

/** Days that the audit is kept where no setting says it: a year, and a month in which somebody looks back at it. */
const AUDIT_DAYS = 400;

function agesOf({ historyDays, auditDays }: Pick<ServiceConfig, "historyDays" | "auditDays">): HistoryAges {
  // Whoever had history kept longer had the audit kept as long.
  return { historyMs: historyDays * DAY, auditMs: (auditDays ?? Math.max(AUDIT_DAYS, historyDays)) * DAY };
}

export function createServices(ports: Ports, options: ServicesOptions): Services {
  const { log, devices } = ports;
  const { config, identity, push, tls, files, shared, lookupService, cveFeeds, oidc } = options;
  const ages = agesOf(config);
  const running: { loops?: Loops } = {};
  const answers = createAnswers();
  const lastSeen = createLastSeen(devices);
  const diskFree = (): Promise<number | undefined> => freeIn(options.dataDir);
  const metrics = createMetrics({
    version: VERSION,
    nodeVersion: process.versions.node,
    outcomes: PUSH_OUTCOMES,
    figures: () => admin.server.figures(),
    diskFree,
    now: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
  });
  const refusals = createRefusals(ports, metrics.refused);
  const profiles = {
    publicUrl: config.publicUrl,
    organization: config.organization,
    accessRights: config.accessRights,
    signMessages: config.signMessages === "yes",
    trust: tls?.own === true ? identity.authority.certificateDer : undefined,
    // Behind a proxy that ends TLS, devices see the proxy's.
    ownTls: tls?.own === true && config.trustedProxies === undefined,
    profileIdentifier: identity.profileIdentifier,
    signProfile: (profile: Uint8Array) => signProfile(profile, identity.authority),
  };
  const [authority] = readCertificates(identity.authority.certificatePem);
  if (authority === undefined) throw new Error("the CA has no certificate");
  const enrollment = createEnrollment(ports, profiles);
  const catalogFetch = createCatalogFetch(ports, lookupService);
  const fetchesCatalog = config.catalogFetch === "daily";
  const system = systemActor(ports);
  const cveFetch =
    cveFeeds && createSecurityFetch(ports, cveFeeds, () => catalogFetch.fetch("unknown-release", system));
  async function fetchDue(): Promise<void> {
    const { kind } = await catalogFetch.fetch("schedule", system);
    // Whoever fetches the list, of several processes, fetches the feeds; also where the list could not be had.
    if (kind === "taken" || kind === "confirmed" || kind === "failed") await cveFetch?.fetchAll();
  }
  const { links, face } = createEnrollmentLinks(ports, enrollment, profiles);
  const events = createEventHub(ports);
  const webhookWork = createWebhookWork(ports, options.webhooks);
  const webhooks = createWebhookAdmin(ports, options.webhooks, webhookWork);
  const admin = createAdminService(
    ports,
    { answers, enrollment, links, refusals, catalogFetch, events, webhooks },
    {
      ...profiles,
      version: VERSION,
      rehearsal: options.rehearsal === true,
      shared,
      tls: tls === undefined ? [] : readCertificates(tls.certPem),
      tlsOtherHost: files.otherHost,
      authority,
      endedIdentities: config.expiredIdentities,
      defaultZone: config.defaultZone,
      auditMs: ages.auditMs,
      pushRate: config.pushRate,
      fetchesCatalog,
      oidc,
      fetchesCves: cveFeeds !== undefined,
      metrics: () => metrics.text(),
      diskFree,
      onPush(pem) {
        push.use(pem);
        running.loops?.canPush();
      },
    },
  );
  const identityLife = config.identityDays * DAY;
  return {
    admin,
    endpoint: createMdmEndpoint(
      countedDevices(createDeviceService(ports, answers, lastSeen), metrics),
      ports,
      refusals,
      {
        authorityDer: identity.authority.certificateDer,
        trusted: files.identityCa,
        acceptEnded: config.expiredIdentities === "accept",
      },
    ),
    scep: createScepEndpoint(ports, refusals, identity.authority, identityLife),
    links: face,
    refusals,
    metrics,
    startLoops(clock, real, intervals) {
      running.loops = startLoops({
        work: createDueWork(ports, createRenewals(ports, { ...profiles, identityLife }), { gateEvery: intervals.gate }),
        store: devices,
        shared,
        clock,
        real,
        intervals,
        pushRate: config.pushRate,
        ages,
        pushClient() {
          const client = push.current();
          return client && countedPushes(client, metrics);
        },
        turned: metrics.turned,
        ...(fetchesCatalog ? { fetchCatalog: fetchDue } : {}),
        events,
        webhooks: webhookWork,
        // Another process may have imported a new push certificate, or added a webhook.
        ...(shared
          ? {
              async refresh() {
                push.use(await identity.readPush());
                await webhookWork.refresh();
              },
            }
          : {}),
        flush: () => lastSeen.flush(),
        recordMoment: () => recordMoment(devices, ports.clock),
        flushRefusals: () => refusals.flush(),
        async noteWarnings() {
          await devices.run(noteWarnings, { warnings: await admin.server.warnings(), now: ports.now() });
        },
        async warn() {
          for (const warning of await admin.server.warnings()) log.warn("warning", warning);
        },
        log,
      });
      return running.loops;
    },
    endWaits() {
      events.end();
      answers.end();
      catalogFetch.stop();
      cveFetch?.stop();
    },
  };
}
