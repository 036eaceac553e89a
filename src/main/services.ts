/** The server without its sockets: the use cases of devices and admins, and the loops that time drives, on given ports. */
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
  type LinkEndpoint,
  type LookupService,
  type MdmEndpoint,
  noteWarnings,
  type Ports,
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
import { type Intervals, type Loops, startLoops } from "./loops.ts";
import type { SettingFiles } from "./setting-files.ts";
import { VERSION } from "./version.ts";

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
  /** What webhooks are told by. */
  readonly webhooks: WebhookPort;
  /** What the MDM endpoint shows; undefined where devices reach it without TLS, in this process. */
  readonly tls: Tls | undefined;
  readonly files: Pick<SettingFiles, "otherHost" | "identityCa">;
  /** Other processes of this server may use the same store. */
  readonly shared: boolean;
}

export interface Services {
  readonly admin: AdminService;
  readonly endpoint: MdmEndpoint;
  readonly scep: ScepEndpoint;
  readonly links: LinkEndpoint;
  readonly refusals: Refusals;
  /** Begins the work that time brings. */
  startLoops(clock: Clock, real: RealClock, intervals: Intervals): Loops;
  /**
   * Who waits for a device's answer gets what there is now, and asks the server that comes after this one. A fetch of Apple's list
   * ends; that server does it again. A fetch of CVEs ends too, and is done again after the next one of the list.
   */
  endWaits(): void;
}

const DAY = 24 * 3_600_000;

export function createServices(ports: Ports, options: ServicesOptions): Services {
  const { log, devices } = ports;
  const { config, identity, push, tls, files, shared, lookupService, cveFeeds } = options;
  const running: { loops?: Loops } = {};
  const answers = createAnswers();
  const lastSeen = createLastSeen(devices);
  const refusals = createRefusals(ports);
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
      shared,
      tls: tls === undefined ? [] : readCertificates(tls.certPem),
      tlsOtherHost: files.otherHost,
      authority,
      endedIdentities: config.expiredIdentities,
      defaultZone: config.defaultZone,
      historyMs: config.historyDays * DAY,
      pushRate: config.pushRate,
      fetchesCatalog,
      fetchesCves: cveFeeds !== undefined,
      onPush(pem) {
        push.use(pem);
        running.loops?.canPush();
      },
    },
  );
  const identityLife = config.identityDays * DAY;
  return {
    admin,
    endpoint: createMdmEndpoint(createDeviceService(ports, answers, lastSeen), ports, refusals, {
      authorityDer: identity.authority.certificateDer,
      trusted: files.identityCa,
      acceptEnded: config.expiredIdentities === "accept",
    }),
    scep: createScepEndpoint(ports, refusals, identity.authority, identityLife),
    links: face,
    refusals,
    startLoops(clock, real, intervals) {
      running.loops = startLoops({
        work: createDueWork(ports, createRenewals(ports, { ...profiles, identityLife }), { gateEvery: intervals.gate }),
        store: devices,
        shared,
        clock,
        real,
        intervals,
        pushRate: config.pushRate,
        historyMs: config.historyDays * DAY,
        pushClient: () => push.current(),
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
