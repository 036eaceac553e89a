/** The raw door: a command an admin wrote, sent as it is. Its key is (enrollment, CommandUUID). */
import { type ClosedCommandRow, type CommandRow, transaction, type Write } from "../../store/index.ts";
import { wantsUpdate } from "../enrollment/declare.ts";
import { PUSH_AGAIN } from "../enrollment/device-facts.ts";
import { bodyLookup } from "../enrollment/bodies.ts";
import { deviceLookups, UnitOfWork } from "../enrollment/unit-of-work.ts";
import { isForOs } from "../enrollment/useless.ts";

export interface RawInput {
  readonly enrollmentId: string;
  readonly uuid: string;
  readonly requestType: string;
  /** As it is stored: sealed where it holds a secret. */
  readonly bytes: Uint8Array;
  /** Without its secrets, where it holds any. */
  readonly shown: Uint8Array | null;
  /** Does harm when delivered twice: handed out once only. */
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
  | { readonly kind: "declared"; readonly planId: string };

export const enqueueRaw = transaction({
  name: "enqueueRaw",
  reads: (input: RawInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    ...deviceLookups,
    bodies: bodyLookup,
    closed: { from: "closedCommand", where: { enrollmentId: input.enrollmentId, uuid: input.uuid } },
  }),
  changes: ({ enrollmentId, requestType, uuid }) => ({ id: enrollmentId, detail: `${requestType} ${uuid}` }),
  decide(input: RawInput, seen): { writes: Write[]; result: RawResult } {
    const enrollment = seen.enrollment[0];
    if (enrollment === undefined || enrollment.state !== "enrolled")
      return { writes: [], result: { kind: "no-device" } };
    const before: CommandRow | ClosedCommandRow | undefined =
      seen.outstanding.find((row) => row.uuid === input.uuid) ?? seen.closed[0];
    if (before !== undefined) return { writes: [], result: { kind: "used", bytes: before.bytes } };
    const unit = new UnitOfWork(enrollment, seen, input.firstId, input.now);
    if (input.requestType === "ScheduleOSUpdate") {
      const other = seen.outstanding.find((row) => row.requestType === "ScheduleOSUpdate");
      if (other !== undefined)
        return {
          writes: [],
          result: { kind: "busy", planId: other.origin === "raw" ? "" : (unit.job?.planId ?? ""), uuid: other.uuid },
        };
      const declared = unit.job !== undefined && wantsUpdate(unit.job);
      if ((declared || unit.declarative?.held === 1) && isForOs(unit, input.bytes))
        return { writes: [], result: { kind: "declared", planId: declared ? (unit.job?.planId ?? "") : "" } };
    }
    const { uuid, requestType, bytes, by } = input;
    const command = { uuid, requestType, bytes, origin: "raw", once: input.once ? 1 : 0, createdBy: by } as const;
    const shown = input.shown === null ? null : unit.keep(input.shown, true);
    unit.enqueue(command, "usual", shown);
    unit.lookAfter(input.now + PUSH_AGAIN);
    unit.push();
    return { writes: unit.writes, result: { kind: "queued" } };
  },
});

export interface WithdrawRawInput {
  readonly enrollmentId: string;
  readonly uuid: string;
  readonly firstId: string;
  readonly now: number;
}

/**
 * Takes a raw command out of the queue. What was handed out and not answered can't be recalled: it is not sent again, and
 * its answer, should one come, is kept as a late one.
 */
export const withdrawRaw = transaction({
  name: "withdrawRaw",
  reads: (input: WithdrawRawInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    ...deviceLookups,
  }),
  changes: ({ enrollmentId, uuid }) => ({ id: enrollmentId, detail: uuid }),
  decide(input: WithdrawRawInput, seen): { writes: Write[]; result: "withdrawn" | "not-outstanding" | "not-raw" } {
    const [enrollment] = seen.enrollment;
    const row = seen.outstanding.find(({ uuid }) => uuid === input.uuid);
    if (enrollment === undefined || row === undefined) return { writes: [], result: "not-outstanding" };
    if (row.origin !== "raw") return { writes: [], result: "not-raw" };
    const unit = new UnitOfWork(enrollment, seen, input.firstId, input.now);
    unit.close(row, row.state === "offered" ? "answer-lost" : "withdrawn", null);
    unit.restIfAnswered();
    return { writes: unit.writes, result: "withdrawn" };
  },
});
