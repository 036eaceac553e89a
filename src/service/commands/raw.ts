/** The raw command API: a command an admin wrote, sent as it is. Its key is (enrollment, CommandUUID). */
import { wantsUpdate } from "../enrollment/declare.ts";
import { PUSH_AGAIN } from "../enrollment/device-facts.ts";
import { close, enqueue } from "../enrollment/queue.ts";
import { haltLookup } from "../enrollment/rows.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import { isForOs, productKeysIn } from "../enrollment/useless.ts";

export interface RawInput {
  readonly enrollmentId: string;
  readonly uuid: string;
  readonly requestType: string;
  /** As it is stored: sealed where it holds a secret. */
  readonly bytes: Uint8Array;
  /** Without its secrets, where it holds any. */
  readonly shown: Uint8Array | null;
  /** Does harm when delivered twice: delivered only once. */
  readonly once: boolean;
  /** Who sends it. */
  readonly by: string;
  readonly firstId: string;
  readonly now: number;
}

export type RawResult =
  | { readonly kind: "queued" | "no-device" }
  /** The CommandUUID was used before, with these bytes as they are stored. */
  | { readonly kind: "used"; readonly bytes: Uint8Array }
  /** An update command is outstanding; `planId` is that of the job it belongs to, empty for a raw one. */
  | { readonly kind: "busy"; readonly planId: string; readonly uuid: string }
  /** A declaration manages the update of the device's OS, or may still: it would ignore the command. `planId`: empty where none is live. */
  | { readonly kind: "declared"; readonly planId: string }
  /** Orders of an update are halted. */
  | { readonly kind: "halted"; readonly reason: string };

const USED = ["uuid"] as const;

export const enqueueRaw = forEnrollment({
  name: "enqueueRaw",
  keeps: true,
  reads: (input: RawInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    closed: { from: "closedCommand", where: { enrollmentId: input.enrollmentId, uuid: input.uuid }, columns: USED },
    bytes: { from: "commandBytes", where: { enrollmentId: input.enrollmentId, uuid: input.uuid } },
    halted: haltLookup,
  }),
  changes: ({ enrollmentId, requestType, uuid }) => ({ id: enrollmentId, detail: `${requestType} ${uuid}` }),
  none: { kind: "no-device" } as RawResult,
  apply(unit, input, rows): RawResult {
    if (unit.enrollment.state !== "enrolled") return { kind: "no-device" };
    if (unit.outstanding.has(input.uuid) || rows.closed.length > 0)
      return { kind: "used", bytes: rows.bytes[0]?.bytes ?? new Uint8Array() };
    const productKeys = input.requestType === "ScheduleOSUpdate" ? productKeysIn(input.bytes) : null;
    if (input.requestType === "ScheduleOSUpdate") {
      const [halt] = rows.halted;
      if (halt?.active === 1) return { kind: "halted", reason: halt.reason };
      const other = [...unit.outstanding.values()].find((row) => row.requestType === "ScheduleOSUpdate");
      if (other !== undefined)
        return { kind: "busy", planId: other.origin === "raw" ? "" : (unit.job?.planId ?? ""), uuid: other.uuid };
      const declared = unit.job !== undefined && wantsUpdate(unit.job);
      if ((declared || unit.declarative?.held === 1) && isForOs(unit, productKeys))
        return { kind: "declared", planId: declared ? (unit.job?.planId ?? "") : "" };
    }
    const { uuid, requestType, bytes, by } = input;
    unit.change = { before: null, after: { commandUuid: uuid, requestType, state: "queued" } };
    const once = input.once ? 1 : 0;
    const command = { uuid, requestType, bytes, productKeys, origin: "raw", once, createdBy: by } as const;
    enqueue(unit, command, "usual", input.shown === null ? null : unit.keep(input.shown, true));
    unit.lookAfter(input.now + PUSH_AGAIN);
    unit.push();
    return { kind: "queued" };
  },
});

export interface WithdrawRawInput {
  readonly enrollmentId: string;
  readonly uuid: string;
  readonly firstId: string;
  readonly now: number;
}

/**
 * Takes a raw command out of the queue. What was delivered and not answered can't be recalled: it is not sent again, and
 * its answer, should one come, is kept as a late one.
 */
export const withdrawRaw = forEnrollment({
  name: "withdrawRaw",
  reads: (input: WithdrawRawInput) => ({ enrollment: { from: "enrollment", where: { id: input.enrollmentId } } }),
  changes: ({ enrollmentId, uuid }) => ({ id: enrollmentId, detail: uuid }),
  none: "not-outstanding" as "withdrawn" | "not-outstanding" | "not-raw",
  apply(unit, { uuid }) {
    const row = unit.outstanding.get(uuid);
    if (row === undefined) return "not-outstanding";
    if (row.origin !== "raw") return "not-raw";
    const outcome = row.state === "offered" ? "answer-lost" : "withdrawn";
    const { requestType } = row;
    unit.change = {
      before: { commandUuid: uuid, requestType, state: row.state },
      after: { commandUuid: uuid, requestType, state: outcome },
    };
    close(unit, row, outcome, null);
    unit.occasions.add("withdrawn");
    return "withdrawn";
  },
});
