/** The server's own memory: settings, secrets, admin tokens, the catalog, adoption. */
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

/** The same, unless the first of the settings is there: two first starts at once make one CA. */
export const rememberFirst = exchange({
  name: "rememberFirst",
  lane: () => "server",
  reads: (ask: RememberAsk) => ({ known: { from: "setting", where: { name: ask.settings[0]?.name ?? "" } } }),
  decide(ask: RememberAsk, seen): { writes: Write[]; said: { added: boolean } } {
    if (seen.known.length > 0) return { writes: [], said: { added: false } };
    return { writes: remembered(ask), said: { added: true } };
  },
});

function remembered(ask: RememberAsk): Write[] {
  return [
    ...ask.settings.map((row): Write => ({ put: "setting", row })),
    ...ask.secrets.map((secret): Write => ({ put: "secret", row: { owner: "", at: ask.now, ...secret } })),
  ];
}

/** A secret of the server that is made once: of two at the same time, both get the one that was first. */
export const keepFirst = exchange({
  name: "keepFirst",
  lane: () => "server",
  reads: (ask: KeepFirstAsk) => ({ kept: { from: "secret", where: { owner: "", name: ask.name } } }),
  decide(ask: KeepFirstAsk, seen): { writes: Write[]; said: Uint8Array } {
    const before = seen.kept[0];
    if (before !== undefined) return { writes: [], said: before.sealed };
    return {
      writes: [{ insert: "secret", row: { owner: "", name: ask.name, sealed: ask.sealed, at: ask.now } }],
      said: ask.sealed,
    };
  },
});

export interface KeepFirstAsk {
  readonly name: string;
  /** Sealed already. */
  readonly sealed: Uint8Array;
  readonly now: number;
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
  readonly der: Uint8Array | null;
  readonly now: number;
}

/** Takes a quarantined device in: its certificate is bound to it, and it is asked to tell how it can be reached. */
export const adopt = exchange({
  name: "adopt",
  lane: (ask: AdoptAsk) => ask.enrollmentId,
  reads: (ask: AdoptAsk) => ({ enrollment: { from: "enrollment", where: { id: ask.enrollmentId } } }),
  decide(ask: AdoptAsk, seen): { writes: Write[]; said: { adopted: boolean } } {
    const enrollment = seen.enrollment[0];
    if (enrollment?.state !== "quarantined" || enrollment.certificate === null)
      return { writes: [], said: { adopted: false } };
    const { id, certificate } = enrollment;
    return {
      writes: [
        {
          put: "certificate",
          row: {
            fingerprint: certificate,
            enrollmentId: id,
            challengeHash: "",
            purpose: "enrol",
            renews: null,
            transactionId: `adopted:${certificate}`,
            keyHash: certificate,
            der: ask.der ?? new Uint8Array(),
            notBefore: 0,
            notAfter: 0,
            issuedAt: ask.now,
            accessRights: 0,
          },
        },
        { patch: "enrollment", where: { id }, set: { state: "enrolled", enrolledAt: ask.now, dueAt: ask.now } },
        { insert: "timeline", row: { enrollmentId: id, at: ask.now, kind: "adopted", data: {}, raw: null } },
      ],
      said: { adopted: true },
    };
  },
});
