/** The server's own memory: settings, secrets, admin tokens. */
import { type AdminTokenRow, type AuditRow, transaction, type Json, type Write } from "../../store/index.ts";

export interface RememberAsk {
  readonly settings: readonly { readonly name: string; readonly value: Json }[];
  /** Sealed already. Owner "" is the server itself. */
  readonly secrets: readonly { readonly name: string; readonly sealed: Uint8Array }[];
  readonly now: number;
}

/** Settings and secrets of the server, together or not at all. */
export const remember = transaction({
  name: "remember",
  reads: () => ({}),
  changes: () => ({ id: null }),
  decide: (ask: RememberAsk) => ({ writes: remembered(ask), said: null }),
});

/**
 * The same, unless the first of the settings or of the secrets is there: of two that make what is made once (the CA, the key of
 * push requests), one is told to go by what the other made.
 */
export const rememberFirst = transaction({
  name: "rememberFirst",
  reads: (ask: RememberAsk) => ({
    setting: { from: "setting", where: { name: ask.settings[0]?.name ?? "" } },
    secret: { from: "secret", where: { owner: "", name: ask.secrets[0]?.name ?? "" } },
  }),
  changes: () => ({ id: null }),
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

/** Setting that holds the moment a server has believed last: { at }, real time. */
export const CLOCK = "clock";

export interface MomentAsk {
  readonly at: number;
  /** A later moment that is recorded was wrong. */
  readonly lower: boolean;
}

/** Several processes may share the database: the latest moment stays. */
export const noteMoment = transaction({
  name: "noteMoment",
  reads: (_ask: MomentAsk) => ({ known: { from: "setting", where: { name: CLOCK } } }),
  decide({ at, lower }: MomentAsk, seen): { writes: Write[]; said: null } {
    const before = (seen.known[0]?.value as { at?: number } | undefined)?.at ?? 0;
    if (at <= before && !lower) return { writes: [], said: null };
    return { writes: [{ put: "setting", row: { name: CLOCK, value: { at } } }], said: null };
  },
});

export const addToken = transaction({
  name: "addToken",
  reads: (ask: AdminTokenRow) => ({ same: { from: "adminToken", where: { name: ask.name } } }),
  changes: ({ name }) => ({ id: name }),
  decide(ask: AdminTokenRow, seen): { writes: Write[]; said: { added: boolean } } {
    if (seen.same.length > 0) return { writes: [], said: { added: false } };
    return { writes: [{ insert: "adminToken", row: ask }], said: { added: true } };
  },
});

/** The first token of a server, unless it has one: two first starts at once make one token. */
export const addFirstToken = transaction({
  name: "addFirstToken",
  reads: (_ask: AdminTokenRow) => ({ all: { from: "adminToken", where: {} } }),
  decide(ask: AdminTokenRow, seen): { writes: Write[]; said: { added: boolean } } {
    if (seen.all.length > 0) return { writes: [], said: { added: false } };
    return { writes: [{ insert: "adminToken", row: ask }], said: { added: true } };
  },
});

export const RESETS = "token-resets";

/** A token that was made by `uptick token reset`. */
export interface Reset {
  readonly name: string;
  readonly at: number;
}

export interface ResetTokenAsk {
  /** SHA-256 hex of the token. */
  readonly hash: string;
  readonly auditId: string;
  readonly now: number;
}

/** Beside all tokens that there are, under a name that none has: with its row in the audit, and a note for the next start. */
export const resetToken = transaction({
  name: "resetToken",
  reads: (_ask: ResetTokenAsk) => ({
    all: { from: "adminToken", where: {} },
    resets: { from: "setting", where: { name: RESETS } },
  }),
  decide({ hash, auditId, now }: ResetTokenAsk, seen): { writes: Write[]; said: { name: string } } {
    const taken = new Set(seen.all.map((row) => row.name));
    let name = "reset";
    for (let n = 2; taken.has(name); n += 1) name = `reset-${n}`;
    const before = (seen.resets[0]?.value ?? []) as readonly Json[];
    const row: AuditRow = {
      id: auditId,
      at: now,
      actor: "system",
      route: "resetToken",
      objectKind: "token",
      objectId: name,
      detail: null,
      address: null,
      outcome: "ok",
      requestId: null,
      count: 1,
    };
    const writes: Write[] = [
      { insert: "adminToken", row: { hash, name, createdAt: now } },
      { insert: "audit", row },
      { put: "setting", row: { name: RESETS, value: [...before, { name, at: now }] } },
    ];
    return { writes, said: { name } };
  },
});

export const dropToken = transaction({
  name: "dropToken",
  reads: (_ask: { readonly name: string }) => ({ all: { from: "adminToken", where: {} } }),
  changes: ({ name }) => ({ id: name }),
  decide(ask: { readonly name: string }, seen): { writes: Write[]; said: "dropped" | "unknown" | "last" } {
    if (!seen.all.some((row) => row.name === ask.name)) return { writes: [], said: "unknown" };
    if (seen.all.length === 1) return { writes: [], said: "last" };
    return { writes: [{ drop: "adminToken", where: { name: ask.name } }], said: "dropped" };
  },
});

export interface SetZoneAsk {
  readonly enrollmentId: string;
  /** IANA name; null: the device's own word counts. */
  readonly zone: string | null;
  /** Who says so. */
  readonly by: string;
  readonly now: number;
}

export const setZone = transaction({
  name: "setZone",
  reads: (ask: SetZoneAsk) => ({ enrollment: { from: "enrollment", where: { id: ask.enrollmentId } } }),
  changes: ({ enrollmentId, zone }) => ({ id: enrollmentId, detail: zone ?? "as the device says" }),
  decide({ enrollmentId, zone, by, now }: SetZoneAsk, seen): { writes: Write[]; said: null } {
    const before = seen.enrollment[0]?.adminZone;
    if (before === undefined || before === zone) return { writes: [], said: null };
    const row = { enrollmentId, at: now, kind: "zone-set", data: { zone, by }, raw: null };
    const set = { adminZone: zone, adminZoneBy: zone === null ? null : by };
    return {
      writes: [
        { patch: "enrollment", where: { id: enrollmentId }, set },
        { insert: "timeline", row },
      ],
      said: null,
    };
  },
});
