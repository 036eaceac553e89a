/** Puts a server together and starts it: store, identity, MDM endpoint, admin API, and the loops that time drives. */
import type { Server } from "node:https";
import Fastify, { type FastifyInstance } from "fastify";
import { UptickError } from "../errors/index.ts";
import { adminServerOptions, registerAdmin } from "../http/admin/index.ts";
import { type BodyBudget, createBodyBudget } from "../http/body/index.ts";
import { registerDevice, registerEnrollment, watchHandshakes } from "../http/device/index.ts";
import { type KeyPair, openSecret, sealSecret } from "../identity/index.ts";
import {
  type Actor,
  type AdminService,
  fillIdentityHashes,
  giveFirstToken,
  giveSetupLink,
  guardPublicUrl,
  recordedMoment,
  rememberOrganization,
  rememberSilentDays,
  type Ports,
  prepareServer,
  sayResets,
  systemActor,
} from "../service/index.ts";
import { type Clock, realClock } from "./clock.ts";
import type { Config } from "./config/index.ts";
import { hasDatabase } from "./data-files.ts";
import { defaultDataKeySource, isKeyThere, loadDataKey } from "./data-key.ts";
import { createIds, pooled, randomBytes } from "./ids.ts";
import {
  DEVICE_BODIES,
  DEVICE_LIMITS,
  fastifyOptions,
  type HttpLimits,
  limitConnections,
  nodeOptions,
  WEB_BODIES,
  WEB_LIMITS,
} from "./http-limits.ts";
import { deviceServer, holds, listen, ownTls, portOf, trustOf } from "./listeners.ts";
import type { Logger } from "./log.ts";
import { INTERVALS } from "./loops.ts";
import { metricsServer } from "./metrics-listener.ts";
import { openStore } from "./open-store.ts";
import { pushClients } from "./push-clients.ts";
import { createServices } from "./services.ts";
import { readSettingFiles } from "./setting-files.ts";
import { setupLink } from "./setup-link.ts";
import { sourcesOf } from "./sources.ts";
import { stopsInTime } from "./stops-in-time.ts";
import { createTrustedClock } from "./trusted-clock.ts";

export interface RunningServer {
  /** Where the MDM endpoint listens; its port is the real one where 0 was asked for. */
  readonly device: { readonly host: string; readonly port: number };
  readonly web: { readonly host: string; readonly port: number };
  /** Undefined: metrics have no listener. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  readonly admin: AdminService;
  /** Asks for changes in the server's own name. */
  readonly system: Actor;
  /** Made at this very start: the one that `showFirstToken` was given. */
  readonly firstToken: string | undefined;
  /** CA certificate of this server, PEM. */
  readonly caPem: string;
  /** Of the embedded store only. */
  pragmas?(): Promise<{ readonly synchronous: number; readonly journalMode: string }>;
  /** Stops accepting, finishes what runs, flushes, checkpoints. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Shows the first admin token of a new server to a person: it is stored once this has returned. */
  showFirstToken?(token: string): void;
  /** Shows a set-up link to a person: it works once this has returned. Without it no link is offered. */
  showSetup?(link: string): void;
  /** The store can't be used any more: the process has to end. */
  onFatal(error: unknown): void;
  /** False: the embedded store has no threads, so that many servers can live in one process. Default: true. */
  readonly threads?: boolean;
  /** Another clock of plans, jobs and the queue than the believed time (ms UTC), which it is given: for tests and rehearsals. */
  readonly clock?: (believed: () => number) => Clock;
  /** A rehearsal: `status` says so, and replies of the admin API tell the time of `clock`, so that ages are shown by it. */
  readonly rehearsal?: boolean;
  /** Gives the key of a new CA, RSA: for tests, which start hundreds of servers. It is made when absent. */
  readonly makeAuthorityKey?: () => Promise<KeyPair>;
  /** Cheaper hashes of passwords (log2 of scrypt's N): for tests. */
  readonly passwordCost?: number;
  /** Other limits of both faces than the usual: for tests, which can't wait for minutes. */
  readonly limits?: Partial<HttpLimits>;
  /** Is given the admin API before it has routes: for tests, which look at each of its replies. */
  readonly watchAdmin?: (app: FastifyInstance) => void;
  /** Other budgets for bodies than the usual: for tests, which can't send gigabytes. */
  readonly bodies?: { readonly device?: BodyBudget; readonly web?: BodyBudget };
}

const NEW_BESIDE_OLD = {
  reason: "this start made a new CA in an empty database, with a data key that was there before",
  remedy:
    "If devices are enrolled with this server, stop it and restore the database that belongs to the data key: devices do not trust the new CA.",
};

/** Throws `database-missing`: a new CA instead of a lost database would be trusted by no device. */
function refuseKeyAlone({ database, dataDir, dataKey }: Config): void {
  if (database !== undefined || dataKey !== undefined || hasDatabase(dataDir)) return;
  if (!isKeyThere(defaultDataKeySource(dataDir))) return;
  throw new UptickError("database-missing", `There is a data key in ${dataDir}, but not the database it belongs to.`);
}

export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, env, log, rehearsal = false } = options;
  const onFatal = (error: unknown): void => options.onFatal(error);
  const source = config.dataKey ?? defaultDataKeySource(config.dataDir);
  const files = readSettingFiles(config);
  refuseKeyAlone(config);
  const store = await openStore(config, log, onFatal, options.threads);
  try {
    const sealed = await store.devices.read({ from: "secret", where: {}, limit: 1 });
    let keyIsNew = false;
    const onMade = (): void => void (keyIsNew = true);
    const dataKey = await loadDataKey(source, { env, mayCreate: sealed.length === 0, onMade });
    const trusted = createTrustedClock({
      recorded: await recordedMoment(store.devices),
      onSuspect: ({ system, ahead, until }) => {
        const [systemAt, trustedAt, untilAt] = [system, system - ahead, until].map((ms) => new Date(ms).toISOString());
        log.warn("clock-suspect", { systemAt, trustedAt, untilAt });
      },
      onBelieved: (why) => log.warn("clock-believed", { why }),
    });
    const real = realClock(() => trusted.now());
    const clock = options.clock?.(() => trusted.now()) ?? real;
    const ports: Ports = {
      devices: store.devices,
      admin: store.admin,
      log,
      sealer: {
        seal: (plain, context) => sealSecret(dataKey, plain, context, randomBytes(12)),
        open: (bytes, context) => openSecret([dataKey], bytes, context),
      },
      now: () => clock.now(),
      realNow: () => trusted.now(),
      clock: trusted,
      newId: createIds({ now: () => trusted.now(), random: pooled(randomBytes) }),
      random: randomBytes,
      ...(options.makeAuthorityKey === undefined ? {} : { makeAuthorityKey: options.makeAuthorityKey }),
      ...(options.passwordCost === undefined ? {} : { passwordCost: options.passwordCost }),
    };
    const identity = await prepareServer(ports);
    await fillIdentityHashes(ports);
    if (identity.isNew && !keyIsNew) log.warn("authority-is-new", NEW_BESIDE_OLD);
    await guardPublicUrl(ports, config.publicUrl, config.publicUrlChange);
    await rememberOrganization(ports, config.organization);
    await rememberSilentDays(ports, config.silentDays);
    const push = pushClients(config, files, log);
    push.use(await identity.readPush());

    const tls = files.tls === undefined ? await ownTls(config, identity) : { ...files.tls, own: false };
    const sources = sourcesOf(config, files, (ms, signal) => real.sleep(ms, signal));
    const services = createServices(ports, {
      config,
      identity,
      push,
      ...sources,
      tls,
      files,
      shared: store.shared,
      dataDir: config.dataDir,
      rehearsal,
    });
    const { admin, refusals } = services;
    const deviceLimits = { ...DEVICE_LIMITS, ...options.limits };
    const webLimits = { ...WEB_LIMITS, ...options.limits };
    const deviceApp = deviceServer(tls, deviceLimits);
    stopsInTime(deviceApp, deviceLimits);
    const deviceBodies = options.bodies?.device ?? createBodyBudget(DEVICE_BODIES);
    registerDevice(deviceApp, services.endpoint, services.scep, trustOf(config), deviceBodies);
    watchHandshakes(deviceApp.server as Server, ({ reason, sentence, address }) =>
      refusals.note({ source: "tls", reason, sentence, address }),
    );
    registerEnrollment(deviceApp, services.links);
    const webApp = Fastify({
      ...adminServerOptions((event, fields) => log.error(event, fields)),
      forceCloseConnections: "idle",
      ...fastifyOptions(webLimits),
      http: nodeOptions(webLimits),
    });
    limitConnections(deviceApp.server, deviceLimits);
    limitConnections(webApp.server, webLimits);
    stopsInTime(webApp, webLimits);
    options.watchAdmin?.(webApp);
    registerAdmin(webApp, {
      service: admin,
      log: (event, fields) => log.error(event, fields),
      audit: (event, fields) => log.info(event, fields),
      isProxy: (address) => holds(config.webProxies, address),
      bodies: options.bodies?.web ?? createBodyBudget(WEB_BODIES),
      answered: services.metrics.asked,
      ...(rehearsal ? { now: () => clock.now() } : {}),
      webUrl: config.webUrl,
    });
    const { metricsListen } = config;
    const metricsApp = metricsListen === undefined ? undefined : metricsServer(services.metrics, webLimits);

    const apps = [
      { app: deviceApp, at: config.deviceListen, flag: "device-listen" },
      { app: webApp, at: config.webListen, flag: "web-listen" },
      ...(metricsApp === undefined || metricsListen === undefined
        ? []
        : [{ app: metricsApp, at: metricsListen, flag: "metrics-listen" }]),
    ];
    let firstToken: string | undefined;
    try {
      for (const { app, at, flag } of apps) await listen(app, at, flag);
      // Last of all that can fail: a start that fails must not use up the only token.
      await sayResets(ports);
      firstToken = await giveFirstToken(ports, (token) => options.showFirstToken?.(token));
      if (options.showSetup !== undefined) {
        const origin = config.webUrl ?? `http://${config.webListen.host}:${portOf(webApp)}`;
        await giveSetupLink(ports, (secret) => options.showSetup?.(setupLink(origin, secret)));
      }
    } catch (error) {
      await Promise.all(apps.map(({ app }) => app.close()));
      await push.close();
      throw error;
    }
    // Only now: work must not begin in a process that turns out not to be the server.
    const intervals = { ...INTERVALS, lastSeen: config.lastSeenFlush };
    const loops = services.startLoops(clock, real, intervals);

    return {
      device: { host: config.deviceListen.host, port: portOf(deviceApp) },
      web: { host: config.webListen.host, port: portOf(webApp) },
      metrics:
        metricsApp === undefined || metricsListen === undefined
          ? undefined
          : { host: metricsListen.host, port: portOf(metricsApp) },
      admin,
      system: systemActor(ports),
      firstToken,
      caPem: identity.authority.certificatePem,
      ...(store.pragmas === undefined ? {} : { pragmas: store.pragmas }),
      async stop() {
        services.endWaits();
        await Promise.all(apps.map(({ app }) => app.close()));
        await loops.stop();
        await push.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
