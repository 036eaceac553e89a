/** The service on a store of its own, with its threads and without sockets and loops: what it decides, nothing carries out. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../../src/catalog/index.ts";
import { hashSecret, openSecret, sealSecret } from "../../../src/identity/index.ts";
import { createIds, createServices } from "../../../src/main/index.ts";
import { randomBytes } from "../../../src/main/ids.ts";
import {
  type Actor,
  type AdminService,
  type Ports,
  prepareServer,
  systemActor,
  TRANSACTIONS_MODULE,
} from "../../../src/service/index.ts";
import { openSqliteStore } from "../../../src/store/sqlite/index.ts";
import { realList } from "../../support/lookup-service.ts";
import { say } from "../table.ts";
import { seedMixed } from "./fleet.ts";
import { NOW } from "./now.ts";

export interface ServiceWorld {
  readonly ports: Ports;
  readonly admin: AdminService;
  readonly actor: Actor;
  close(): Promise<void>;
}

const NOTHING = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const DATA_KEY = { id: hashSecret("bench").slice(0, 8), key: new Uint8Array(32).fill(7) };

/** Apple's list, of August 2026 or the sample where that is not there. */
export function listToUse(): unknown {
  const real = realList();
  say(real === undefined ? "Apple's list: the sample of this project." : "Apple's list of 2026-08-22.");
  return real ?? sampleLookupService();
}

/** With this list, and a mixed fleet of so many devices; `more` is written into their database. */
export async function openServiceWorld(
  list: unknown,
  devices: number,
  more: (directory: string) => void = () => undefined,
): Promise<ServiceWorld> {
  const folder = mkdtempSync(join(tmpdir(), "uptick-bench-"));
  const open = () => openSqliteStore({ directory: folder, transactions: TRANSACTIONS_MODULE });
  // The schema first.
  await (await open()).close();
  seedMixed(folder, list, devices);
  more(folder);
  const store = await open();
  const close = async (): Promise<void> => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ports: Ports = {
      devices: store.devices,
      admin: store.admin,
      log: NOTHING,
      sealer: {
        seal: (plain, context) => sealSecret(DATA_KEY, plain, context, randomBytes(12)),
        open: (bytes, context) => openSecret([DATA_KEY], bytes, context),
      },
      now: () => NOW,
      realNow: () => NOW,
      clock: {
        system: () => NOW,
        suspicion: () => null,
        accept: () => undefined,
        record: () => ({ at: NOW, lower: false }),
      },
      newId: createIds({ now: () => NOW, random: randomBytes }),
      random: randomBytes,
    };
    const { admin } = createServices(ports, {
      config: CONFIG,
      identity: await prepareServer(ports),
      push: { current: () => undefined, use: () => undefined },
      lookupService: {
        fetch: () => Promise.resolve({ kind: "failed", cause: "unreachable", detail: "a bench asks nobody" }),
      },
      cveFeeds: undefined,
      webhooks: {
        refusal: () => undefined,
        post: () => Promise.resolve({ kind: "failed", cause: "unreachable", detail: "a bench asks nobody" }),
      },
      tls: undefined,
      files: { otherHost: undefined, identityCa: [] },
      shared: false,
    });
    const actor = systemActor(ports);
    await admin.server.importCatalog(actor, list, { modifiedAt: SAMPLE_SERVED_AT });
    return { ports, admin, actor, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const CONFIG = {
  publicUrl: "https://mdm.example",
  organization: "Uptick",
  accessRights: 7191,
  signMessages: "no",
  trustedProxies: undefined,
  expiredIdentities: "accept",
  defaultZone: "Europe/Berlin",
  identityDays: 730,
  historyDays: 400,
  auditDays: undefined,
  pushRate: 1000,
  catalogFetch: "off",
} as const;
