/** The server's own memory: settings, secrets, admin tokens. */
import { endsLastWayIn } from "../access/ways-in.ts";
import {
  type AdminTokenRow,
  type AuditRow,
  type Decision,
  type Pictured,
  transaction,
  type Json,
  type Write,
} from "../../store/index.ts";

export interface RememberInput {
  readonly settings: readonly { readonly name: string; readonly value: Json }[];
  /** Sealed already. Owner "" is the server itself. */
  readonly secrets: readonly { readonly name: string; readonly sealed: Uint8Array }[];
  readonly now: number;
}

/** Settings and secrets of the server, together or not at all. */
export const remember = transaction({
  name: "remember",
  reads: (input: RememberInput) => ({ before: { from: "setting", where: { name: input.settings[0]?.name ?? "" } } }),
  changes: () => ({ id: null }),
  decide(input: RememberInput, seen): Decision<null> {
    const pictured = (value: Json | undefined): Pictured | null => (value ?? null) as Pictured | null;
    const change = { before: pictured(seen.before[0]?.value), after: pictured(input.settings[0]?.value) };
    return { writes: remembered(input), change, result: null };
  },
});

/**
 * The same, unless the first of the settings or of the secrets is there: of two that make what is made once (the CA, the key of
 * push requests), one is told to go by what the other made.
 */
export const rememberFirst = transaction({
  name: "rememberFirst",
  reads: (input: RememberInput) => ({
    setting: { from: "setting", where: { name: input.settings[0]?.name ?? "" } },
    secret: { from: "secret", where: { owner: "", name: input.secrets[0]?.name ?? "" } },
  }),
  changes: () => ({ id: null }),
  decide(input: RememberInput, seen): { writes: Write[]; result: { added: boolean } } {
    if (seen.setting.length + seen.secret.length > 0) return { writes: [], result: { added: false } };
    return { writes: remembered(input), result: { added: true } };
  },
});

function remembered(input: RememberInput): Write[] {
  return [
    ...input.settings.map((row): Write => ({ put: "setting", row })),
    ...input.secrets.map((secret): Write => ({ put: "secret", row: { owner: "", at: input.now, ...secret } })),
  ];
}

/** Setting that holds the moment a server has believed last: { at }, real time. */
export const CLOCK = "clock";

export interface MomentInput {
  readonly at: number;
  /** A later moment that is recorded was wrong. */
  readonly lower: boolean;
}

/** Several processes may share the database: the latest moment stays. */
export const noteMoment = transaction({
  name: "noteMoment",
  reads: (_ask: MomentInput) => ({ known: { from: "setting", where: { name: CLOCK } } }),
  decide({ at, lower }: MomentInput, seen): { writes: Write[]; result: null } {
    const before = (seen.known[0]?.value as { at?: number } | undefined)?.at ?? 0;
    if (at <= before && !lower) return { writes: [], result: null };
    return { writes: [{ put: "setting", row: { name: CLOCK, value: { at } } }], result: null };
  },
});

export const addToken = transaction({
  name: "addToken",
  reads: (input: AdminTokenRow) => ({ same: { from: "adminToken", where: { name: input.name } } }),
  changes: ({ name }) => ({ id: name }),
  decide(input: AdminTokenRow, seen): Decision<{ added: boolean }> {
    if (seen.same.length > 0) return { writes: [], result: { added: false } };
    const change = { before: null, after: { name: input.name } };
    return { writes: [{ insert: "adminToken", row: input }], change, result: { added: true } };
  },
});

/** The first token of a server, unless it has one: two first starts at once make one token. */
export const addFirstToken = transaction({
  name: "addFirstToken",
  reads: (_ask: AdminTokenRow) => ({ all: { from: "adminToken", where: {} } }),
  decide(input: AdminTokenRow, seen): { writes: Write[]; result: { added: boolean } } {
    if (seen.all.length > 0) return { writes: [], result: { added: false } };
    return { writes: [{ insert: "adminToken", row: input }], result: { added: true } };
  },
});

export const RESETS = "token-resets";

/** What was made by `uptick token reset`, or whose password can be set since `uptick account reset`. */
export interface Reset {
  readonly name: string;
  readonly at: number;
  /** Absent: a token. */
  readonly of?: "account";
}

export interface ResetTokenInput {
  /** SHA-256 hex of the token. */
  readonly hash: string;
  readonly auditId: string;
  readonly now: number;
}

/** Beside all tokens that there are, under a name that none has: with its row in the audit, and a note for the next start. */
export const resetToken = transaction({
  name: "resetToken",
  reads: (_ask: ResetTokenInput) => ({
    all: { from: "adminToken", where: {} },
    resets: { from: "setting", where: { name: RESETS } },
  }),
  decide({ hash, auditId, now }: ResetTokenInput, seen): { writes: Write[]; result: { name: string } } {
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
      before: null,
      after: { name },
      address: null,
      outcome: "ok",
      requestId: null,
      count: 1,
    };
    const writes: Write[] = [
      {
        insert: "adminToken",
        row: { hash, name, createdAt: now, role: "admin", expiresAt: null, createdBy: "system" },
      },
      { insert: "audit", row },
      { put: "setting", row: { name: RESETS, value: [...before, { name, at: now }] } },
    ];
    return { writes, result: { name } };
  },
});

export interface DropTokenInput {
  readonly name: string;
  readonly now: number;
}

export const dropToken = transaction({
  name: "dropToken",
  reads: (_ask: DropTokenInput) => ({
    tokens: { from: "adminToken", where: {} },
    accounts: { from: "account", where: {} },
  }),
  changes: ({ name }) => ({ id: name }),
  decide({ name, now }: DropTokenInput, seen): Decision<"dropped" | "unknown" | "last"> {
    const tokens = seen.tokens.filter((row) => row.name !== name);
    if (tokens.length === seen.tokens.length) return { writes: [], result: "unknown" };
    if (endsLastWayIn(seen, { ...seen, tokens }, now)) return { writes: [], result: "last" };
    const change = { before: { name }, after: null };
    return { writes: [{ drop: "adminToken", where: { name } }], change, result: "dropped" };
  },
});

export interface SetZoneInput {
  readonly enrollmentId: string;
  /** IANA name; null: the device's own word counts. */
  readonly zone: string | null;
  /** Who says so. */
  readonly by: string;
  readonly now: number;
}

export const setZone = transaction({
  name: "setZone",
  reads: (input: SetZoneInput) => ({ enrollment: { from: "enrollment", where: { id: input.enrollmentId } } }),
  changes: ({ enrollmentId, zone }) => ({ id: enrollmentId, detail: zone ?? "as the device says" }),
  decide({ enrollmentId, zone, by, now }: SetZoneInput, seen): Decision<null> {
    const before = seen.enrollment[0]?.adminZone;
    if (before === undefined || before === zone) return { writes: [], result: null };
    const row = { enrollmentId, at: now, kind: "zone-set" as const, data: { zone, by }, raw: null };
    const set = { adminZone: zone, adminZoneBy: zone === null ? null : by, classDueAt: now, classLeaseUntil: 0 };
    return {
      writes: [
        { patch: "enrollment", where: { id: enrollmentId }, set },
        { insert: "timeline", row },
      ],
      change: { before: { zone: before }, after: { zone } },
      result: null,
    };
  },
});
