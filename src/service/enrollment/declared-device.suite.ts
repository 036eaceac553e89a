/** The device of the tables once it takes declarations, and an update that it is told that way. */
import { transact } from "../../store/in-memory.suite.ts";
import { maintain } from "../work/maintenance.ts";
import { syncItems } from "../declarations/sync.ts";
import { after, caller, device, enrollment, HOUR, ID, MINUTE, NOW } from "./one-device.suite.ts";

const DEADLINE = {
  local: "2026-08-28T17:00:00",
  at: NOW + 77 * HOUR,
  latestAt: NOW + 77 * HOUR,
  from: "deadline",
} as const;

/** Of a job that a declaration tells. */
export const DECLARED = {
  mechanism: "declaration",
  because: "declarations-preferred",
  enforcement: DEADLINE,
  deadline: "2026-08-28T17:00",
} as const;

/** Declarative management begun an hour ago, and the list fetched. */
export const able = after(
  device({ enrollment: [enrollment({ enforces: 1, factsAskedAt: NOW - 2 * HOUR, dueAt: NOW - HOUR })] }),
  (rows) => transact(maintain, { enrollmentId: "e1", firstId: ID.replace("0198", "0196"), now: NOW - HOUR }, rows).rows,
  (rows) => transact(syncItems, { ...caller, now: NOW - HOUR + MINUTE }, rows).rows,
);
