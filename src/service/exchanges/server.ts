/** The server's own memory: settings, secrets, admin tokens, the catalog, adoption. */
import { asksFor, renewalOf } from "./admit.ts";
import { askingOwner, startAnew } from "./check-in.ts";
import { deviceLookups, Scene } from "./scene.ts";
import { type AdminTokenRow, exchange, type Json, type ReleaseRow, type Write } from "../../store/index.ts";

export interface RememberAsk {
  readonly settings: readonly { readonly name: string; readonly value: Json }[];
  /** Sealed already. Owner "" is the server itself. */
  readonly secrets: readonly { readonly name: string; readonly sealed: Uint8Array }[];
  readonly now: number;
}

/** Settings and secrets of the server, together or not at all. */
export const remember = exchange({
  name: "remember",
  lane: () => "server",
  reads: () => ({}),
  decide: (ask: RememberAsk) => ({ writes: remembered(ask), said: null }),
});

/**
 * The same, unless the first of the settings or of the secrets is there: of two that make what is made once (the CA, the key of
 * push requests), one is told to go by what the other made.
 */
export const rememberFirst = exchange({
  name: "rememberFirst",
  lane: () => "server",
  reads: (ask: RememberAsk) => ({
    setting: { from: "setting", where: { name: ask.settings[0]?.name ?? "" } },
    secret: { from: "secret", where: { owner: "", name: ask.secrets[0]?.name ?? "" } },
  }),
  decide(ask: RememberAsk, seen): { writes: Write[]; said: { added: boolean } } {
    if (seen.setting.length + seen.secret.length > 0) return { writes: [], said: { added: false } };
    return { writes: remembered(ask), said: { added: true } };
  },
});

function remembered(ask: RememberAsk): Write[] {
  return [
    ...ask.settings.map((row): Write => ({ put: "setting", row })),
    ...ask.secrets.map((secret): Write => ({ put: "secret", row: { owner: "", at: ask.now, ...secret } })),
  ];
}

export const addToken = exchange({
  name: "addToken",
  lane: () => "tokens",
  reads: (ask: AdminTokenRow) => ({ same: { from: "adminToken", where: { name: ask.name } } }),
  decide(ask: AdminTokenRow, seen): { writes: Write[]; said: { added: boolean } } {
    if (seen.same.length > 0) return { writes: [], said: { added: false } };
    return { writes: [{ insert: "adminToken", row: ask }], said: { added: true } };
  },
});

/** The first token of a server, unless it has one: two first starts at once make one token. */
export const addFirstToken = exchange({
  name: "addFirstToken",
  lane: () => "tokens",
  reads: (_ask: AdminTokenRow) => ({ all: { from: "adminToken", where: {} } }),
  decide(ask: AdminTokenRow, seen): { writes: Write[]; said: { added: boolean } } {
    if (seen.all.length > 0) return { writes: [], said: { added: false } };
    return { writes: [{ insert: "adminToken", row: ask }], said: { added: true } };
  },
});

export const dropToken = exchange({
  name: "dropToken",
  lane: () => "tokens",
  reads: (_ask: { readonly name: string }) => ({ all: { from: "adminToken", where: {} } }),
  decide(ask: { readonly name: string }, seen): { writes: Write[]; said: "dropped" | "unknown" | "last" } {
    if (!seen.all.some((row) => row.name === ask.name)) return { writes: [], said: "unknown" };
    if (seen.all.length === 1) return { writes: [], said: "last" };
    return { writes: [{ drop: "adminToken", where: { name: ask.name } }], said: "dropped" };
  },
});

/** Releases seen in a feed. What was known keeps the moment it was first seen; nothing is ever deleted by a feed. */
export const noteReleases = exchange({
  name: "noteReleases",
  lane: () => "catalog",
  reads: (_ask: { readonly rows: readonly ReleaseRow[] }) => ({ known: { from: "release", where: {} } }),
  decide(ask: { readonly rows: readonly ReleaseRow[] }, seen): { writes: Write[]; said: { added: number } } {
    const known = new Map(seen.known.map((row) => [row.id, row]));
    const writes = ask.rows.map((row): Write => {
      const firstSeenAt = known.get(row.id)?.firstSeenAt ?? row.firstSeenAt;
      return { put: "release", row: { ...row, firstSeenAt } };
    });
    return { writes, said: { added: ask.rows.filter((row) => !known.has(row.id)).length } };
  },
});

export interface AdoptAsk {
  readonly enrollmentId: string;
  /** Rights that its profile gave, as far as they are known: those of this server's profiles. */
  readonly accessRights: number;
  readonly firstId: string;
  readonly now: number;
}

/**
 * The admin's word: a device in quarantine is taken in with the certificate it came with; a certificate that asked to
 * speak for a known device does so from now on, as after a new enrolment.
 */
export const adopt = exchange({
  name: "adopt",
  lane: (ask: AdoptAsk) => ask.enrollmentId,
  reads: (ask: AdoptAsk) => ({
    enrollment: { from: "enrollment", where: { id: ask.enrollmentId } },
    ...deviceLookups,
    current: { from: "certificate", where: { fingerprint: { of: "enrollment", column: "certificate" } } },
    certificates: { from: "certificate", where: { enrollmentId: ask.enrollmentId } },
    renewing: { from: "certificate", where: { renews: ask.enrollmentId } },
    challenges: { from: "challenge", where: { enrollmentId: ask.enrollmentId } },
    secrets: { from: "secret", where: { owner: ask.enrollmentId } },
  }),
  decide(ask: AdoptAsk, seen): { writes: Write[]; said: { adopted: boolean; fingerprint: string | null } } {
    const enrollment = seen.enrollment[0];
    const asking = seen.renewing.find((row) => enrollment !== undefined && asksFor(row, enrollment));
    const quarantined = enrollment?.state === "quarantined";
    const certificate = quarantined ? seen.current[0] : asking;
    if (enrollment === undefined || certificate === undefined)
      return { writes: [], said: { adopted: false, fingerprint: null } };
    const scene = new Scene(enrollment, seen, ask.firstId, ask.now);
    const { fingerprint } = certificate;
    if (!quarantined) startAnew(scene, fingerprint, seen);
    const set = { enrollmentId: enrollment.id, renews: null };
    scene.writes.push({ patch: "certificate", where: { fingerprint }, set });
    scene.writes.push(renewalOf(enrollment.id, certificate.notAfter));
    const reachable = quarantined && seen.secrets.some(({ name }) => name === "PushToken");
    scene.patch({
      state: "enrolled",
      enrolledAt: ask.now,
      dueAt: ask.now,
      pushable: reachable ? 1 : 0,
      accessRights: certificate.purpose === "external" ? null : ask.accessRights,
    });
    scene.note("adopted", { fingerprint });
    return { writes: scene.writes, said: { adopted: true, fingerprint: quarantined ? null : fingerprint } };
  },
});

export interface SetZoneAsk {
  readonly enrollmentId: string;
  /** IANA name; null: the device's own word counts. */
  readonly zone: string | null;
  readonly now: number;
}

export const setZone = exchange({
  name: "setZone",
  lane: (ask: SetZoneAsk) => ask.enrollmentId,
  reads: (ask: SetZoneAsk) => ({ enrollment: { from: "enrollment", where: { id: ask.enrollmentId } } }),
  decide({ enrollmentId, zone, now }: SetZoneAsk, seen): { writes: Write[]; said: null } {
    const before = seen.enrollment[0]?.adminZone;
    if (before === undefined || before === zone) return { writes: [], said: null };
    const row = { enrollmentId, at: now, kind: "zone-set", data: { zone }, raw: null };
    const set = { adminZone: zone };
    return {
      writes: [
        { patch: "enrollment", where: { id: enrollmentId }, set },
        { insert: "timeline", row },
      ],
      said: null,
    };
  },
});

export interface ReachableAsk {
  readonly enrollmentId: string;
  readonly fingerprint: string;
  readonly now: number;
}

/** What a certificate brought while it waited, the device's push token above all, becomes its enrollment's. */
export const takeAskedSecrets = exchange({
  name: "takeAskedSecrets",
  lane: (ask: ReachableAsk) => ask.enrollmentId,
  reads: (ask: ReachableAsk) => ({
    secrets: { from: "secret", where: { owner: askingOwner(ask.fingerprint) } },
  }),
  decide(ask: ReachableAsk, seen): { writes: Write[]; said: null } {
    const owner = ask.enrollmentId;
    const writes = seen.secrets.flatMap((row): Write[] => [
      { put: "secret", row: { ...row, owner } },
      { drop: "secret", where: { owner: row.owner, name: row.name } },
    ]);
    if (seen.secrets.length > 0) writes.push({ patch: "enrollment", where: { id: owner }, set: { pushable: 1 } });
    return { writes, said: null };
  },
});
