/**
 * A server on virtual time: all of it in this process, without sockets, threads, files and TLS. Given the same time, randomness
 * and requests it does the same each time.
 */
import type { DatabaseSync } from "node:sqlite";
import type { VirtualTime } from "../../simulator/index.ts";
import { answerDevice, type DeviceReply } from "../http/device/index.ts";
import { hashSecret, openSecret, sealSecret } from "../identity/index.ts";
import {
  createIds,
  createServices,
  createTrustedClock,
  INTERVALS,
  type Intervals,
  type RandomBytes,
  type ServiceConfig,
} from "../main/index.ts";
import {
  type Actor,
  type AdminService,
  guardPublicUrl,
  issue,
  type Log,
  type LookupService,
  type MdmEndpoint,
  type Ports,
  prepareServer,
  type PushClient,
  recordedMoment,
  rememberOrganization,
  systemActor,
  transactions,
  type WebhookPort,
} from "../service/index.ts";
import { byName, type InProcessOptions, migrate, openInProcess } from "../store/sqlite/index.ts";
import { clockOn } from "./clock.ts";
import { certificateOf, presented } from "./identity.ts";

export interface VirtualServerOptions extends Pick<InProcessOptions, "lives" | "take"> {
  readonly time: VirtualTime;
  readonly random: RandomBytes;
  /** In memory, empty or with what an earlier server has left. It stays open when the server has stopped. */
  readonly db: DatabaseSync;
  readonly push: PushClient;
  /** What webhooks are told by; absent: nothing reaches one. */
  readonly webhooks?: WebhookPort;
  readonly log: Log;
  readonly config?: Partial<ServiceConfig>;
  readonly intervals?: Partial<Intervals>;
  /** How far the server's own clock is from the time (ms); 0 when absent. */
  readonly skew?: () => number;
  /** What an admin asks for before anything depends on time: what takes real time there (a signature) delays nobody. */
  readonly prepare?: (server: Pick<VirtualServer, "admin" | "system">) => Promise<void>;
}

export interface VirtualServer {
  readonly admin: AdminService;
  readonly system: Actor;
  /** Answers a device that has proved to have this certificate; undefined: none. */
  answer(certificate: Uint8Array | undefined, contentType: string, body: Uint8Array): Promise<DeviceReply>;
  /** The certificate that a device gets for a challenge, in place of SCEP; undefined where it gets none. `key`: stands for its key. */
  identify(udid: string, challenge: string, key: string): Promise<Uint8Array | undefined>;
  /** Ends its work. */
  stop(): Promise<void>;
}

const DAY = 24 * 3_600_000;
/** Longer than in a server that people wait for: a week has to pass in less than a second. */
const SELDOM: Intervals = {
  ...INTERVALS,
  clock: 3_600_000,
  history: DAY,
  others: Number.POSITIVE_INFINITY,
  lastSeen: 3 * 3_600_000,
  gate: 15 * 60_000,
  moment: 6 * 3_600_000,
  refusals: 3_600_000,
  events: 60_000,
  warningEvents: DAY,
};

export const PUBLIC_URL = "https://mdm.example";

const USUAL: ServiceConfig = {
  publicUrl: PUBLIC_URL,
  organization: "Uptick",
  accessRights: 7191,
  signMessages: "no",
  trustedProxies: undefined,
  expiredIdentities: "accept",
  defaultZone: undefined,
  identityDays: 730,
  historyDays: 400,
  auditDays: undefined,
  pushRate: 1000,
  catalogFetch: "off",
};

/** Nothing leaves the process. */
const NO_INTERNET: LookupService = {
  fetch: () =>
    Promise.resolve({ kind: "failed", cause: "unreachable", detail: "this server has no internet connection" }),
};

const NO_WEBHOOKS: WebhookPort = {
  refusal: () => undefined,
  post: () => Promise.resolve({ kind: "failed", cause: "unreachable", detail: "no internet connection" }),
};

/** The same for all: what is sealed here is no secret. */
const DATA_KEY = { id: "virtual", key: new Uint8Array(32).fill(7) };

export async function startVirtualServer(options: VirtualServerOptions): Promise<VirtualServer> {
  const { time, random, db, push, log, skew = () => 0 } = options;
  const config = { ...USUAL, ...options.config };
  migrate(db, "");
  const store = openInProcess({
    db,
    transactions: byName(transactions),
    turn: () => time.turn(),
    ...(options.take && { take: options.take }),
    ...(options.lives && { lives: options.lives }),
  });
  const begun = time.now();
  const trusted = createTrustedClock({
    recorded: await recordedMoment(store.devices),
    read: () => ({ wall: time.now() + skew(), mono: time.now() - begun }),
    onSuspect: () => log.warn("clock-suspect"),
    onBelieved: (why) => log.warn("clock-believed", { why }),
  });
  const now = (): number => trusted.now();
  const clock = clockOn(time, now);
  const ports: Ports = {
    devices: store.devices,
    admin: store.admin,
    log,
    sealer: {
      seal: (plain, context) => sealSecret(DATA_KEY, plain, context, random(12)),
      open: (bytes, context) => openSecret([DATA_KEY], bytes, context),
    },
    now,
    realNow: now,
    clock: trusted,
    newId: createIds({ now, random }),
    random,
  };
  const identity = await prepareServer(ports);
  await guardPublicUrl(ports, config.publicUrl, "refuse");
  await rememberOrganization(ports, config.organization);
  const services = createServices(ports, {
    config,
    identity,
    push: { current: () => push, use: () => undefined },
    lookupService: NO_INTERNET,
    cveFeeds: undefined,
    webhooks: options.webhooks ?? NO_WEBHOOKS,
    tls: undefined,
    files: { otherHost: undefined, identityCa: [] },
    shared: false,
  });
  const endpoint: MdmEndpoint = { ...services.endpoint, identify: presented };
  const { admin } = services;
  const system = systemActor(ports);
  await options.prepare?.({ admin, system });
  const loops = services.startLoops(clock, clock, { ...SELDOM, ...options.intervals });
  return {
    admin,
    system,
    answer: (certificate, contentType, body) =>
      answerDevice(endpoint, {
        contentTypes: [contentType],
        body,
        certificate,
        unproven: () => "certificate-missing",
        address: null,
      }),
    async identify(udid, challenge, key) {
      const challengeHash = hashSecret(challenge);
      const issuedAt = now();
      const certificate = {
        ...certificateOf(identity.authority.certificateDer, udid, issuedAt),
        challengeHash,
        transactionId: key,
        keyHash: hashSecret(`${key} ${challenge}`),
        issuedAt,
      };
      const result = await store.devices.run(issue, { challengeHash, certificate, now: issuedAt });
      return result.kind === "issued" ? result.der : undefined;
    },
    async stop() {
      services.endWaits();
      await loops.stop();
      await store.close();
    },
  };
}
