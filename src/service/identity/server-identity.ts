/** What a server makes of itself at its first start and finds again at every later one. */
import { UptickError } from "../../errors/index.ts";
import {
  type Authority,
  createAuthority,
  generateAuthorityKey,
  hashSecret,
  issueServerCertificate,
  loadAuthority,
  makeChallenge,
} from "../../identity/index.ts";
import { addFirstToken, remember, rememberFirst, type Reset, RESETS, resetToken } from "../server/settings.ts";
import type { Ports } from "../ports.ts";

export interface ServerIdentity {
  readonly authority: Authority;
  /** The authority was made by this start. */
  readonly isNew: boolean;
  /** Stable identifier of this server's enrollment profile. */
  readonly profileIdentifier: string;
  /** The push certificate (PEM, certificate and key), if one was imported: as of now. */
  readPush(): Promise<string | undefined>;
  /** A TLS certificate for `hosts`, signed by our own CA: for an MDM endpoint without a public one. */
  issueTls(hosts: readonly string[]): Promise<{ certPem: string; keyPem: string }>;
}

const DAY = 24 * 3_600_000;

export async function prepareServer(ports: Ports): Promise<ServerIdentity> {
  const { authority, profileIdentifier, isNew } = (await findAuthority(ports)) ?? (await makeAuthority(ports));
  return {
    authority,
    isNew,
    profileIdentifier,
    readPush: () => openOwn(ports, "PushCertificate"),
    async issueTls(hosts) {
      const now = ports.realNow();
      return issueServerCertificate({
        authority,
        hosts,
        serial: ports.random(16),
        notBefore: now - DAY,
        // Good by both clocks where one is suspect; Apple's limit for such a certificate is 825 days.
        notAfter: Math.min(ports.clock.system() + 397 * DAY, now + 824 * DAY),
      });
    },
  };
}

type Found = Pick<ServerIdentity, "authority" | "profileIdentifier" | "isNew">;

async function findAuthority(ports: Ports): Promise<Found | undefined> {
  const [row] = await ports.devices.read({ from: "setting", where: { name: "authority" } });
  const keyPem = await openOwn(ports, "CaKey");
  if (row === undefined || keyPem === undefined) return undefined;
  const { certificatePem, profileIdentifier } = row.value as { certificatePem: string; profileIdentifier: string };
  return { authority: loadAuthority(certificatePem, keyPem), profileIdentifier, isNew: false };
}

/** The key is sealed before it is stored; certificate and key are remembered together or not at all. */
async function makeAuthority(ports: Ports): Promise<Found> {
  const authority = await createAuthority({
    name: "Uptick device management CA",
    key: await (ports.makeAuthorityKey ?? generateAuthorityKey)(),
    serial: ports.random(16),
    now: ports.realNow(),
    years: 20,
  });
  const profileIdentifier = `uptick.${ports.newId()}`;
  const keyPem = authority.privateKey.export({ type: "pkcs8", format: "pem" });
  const { added } = await ports.devices.run(rememberFirst, {
    settings: [{ name: "authority", value: { certificatePem: authority.certificatePem, profileIdentifier } }],
    secrets: [{ name: "CaKey", sealed: ports.sealer.seal(Buffer.from(keyPem), "/CaKey") }],
    now: ports.now(),
  });
  if (added) return { authority, profileIdentifier, isNew: true };
  // Another process was first. Where it sealed with another data key, this one ends here.
  const theirs = await findAuthority(ports);
  if (theirs === undefined) throw new UptickError("secret-unreadable", "The CA is stored without its key.");
  return theirs;
}

async function openOwn(ports: Ports, name: string): Promise<string | undefined> {
  const [row] = await ports.devices.read({ from: "secret", where: { owner: "", name } });
  return row === undefined ? undefined : Buffer.from(ports.sealer.open(row.sealed, `/${name}`)).toString("utf8");
}

/**
 * The first admin token of a server that has none; undefined where it has one. Call it when everything that can fail is
 * done. `show` comes before the commit: a process that dies between the two has shown a token that does not work, and
 * the next start makes another. The other order would store a token that nobody has seen, and lock the admin out.
 */
export async function giveFirstToken(ports: Ports, show: (token: string) => void): Promise<string | undefined> {
  if ((await ports.devices.read({ from: "adminToken", where: {}, limit: 1 })).length > 0) return undefined;
  const token = makeToken(ports);
  show(token);
  const { added } = await ports.devices.run(addFirstToken, {
    hash: hashSecret(token),
    name: "first",
    createdAt: ports.now(),
    role: "admin",
    expiresAt: null,
    createdBy: "system",
  });
  if (added) return token;
  ports.log.warn("first-token-not-valid", {
    reason: "another process of this server has made the first admin token at the same moment: use that one",
  });
  return undefined;
}

/** A new admin token, 256 bits. */
export function makeToken(ports: Pick<Ports, "random">): string {
  return `uptick_${makeChallenge(ports.random(32))}`;
}

/** A token of `uptick token reset`, stored with its row in the audit; other tokens stay. */
export async function addResetToken(
  ports: Pick<Ports, "devices" | "random" | "newId" | "now">,
): Promise<{ readonly name: string; readonly token: string }> {
  const token = makeToken(ports);
  const input = { hash: hashSecret(token), auditId: ports.newId(), now: ports.now() };
  return { token, ...(await ports.devices.run(resetToken, input)) };
}

/** Says in the log what `uptick token reset` and `uptick account reset` did since the last start. */
export async function sayResets(ports: Ports): Promise<void> {
  const [row] = await ports.devices.read({ from: "setting", where: { name: RESETS } });
  const resets = (row?.value ?? []) as unknown as readonly Reset[];
  if (resets.length === 0) return;
  for (const { name, at, of } of resets) {
    if (of === "account") {
      ports.log.warn("account-reset", {
        name,
        at: new Date(at).toISOString(),
        reason: "uptick account reset made a link that sets the password of this account since the server last started",
        remedy:
          "If no admin of your organization did that, disable the account and find out who can write to the server's data.",
      });
      continue;
    }
    ports.log.warn("admin-token-reset", {
      name,
      at: new Date(at).toISOString(),
      reason: "uptick token reset made this admin token since the server last started",
      remedy:
        "If no admin of your organization did that, revoke the token and find out who can write to the server's data.",
    });
  }
  await ports.devices.run(remember, { settings: [{ name: RESETS, value: [] }], secrets: [], now: ports.now() });
}
