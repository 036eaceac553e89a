/** What admins ask about one device's history: its timeline, kept bytes and commands. */
import type { AdminStore, WithoutBytes } from "./admin-store.ts";
import type { Queries } from "./plan-queries.ts";
import type { ClosedCommandRow, CommandRow, TimelineRow } from "./rows.ts";

/** All columns but the bytes, which may be a MiB. */
const OPEN_COLUMNS = [
  "enrollment_id",
  "uuid",
  "rank",
  "request_type",
  "origin",
  "job_id",
  "purpose",
  "state",
  "skip",
  "once",
  "not_before",
  "not_after",
  "queued_at",
  "offered_at",
  "offers",
  "not_nows",
  "created_by",
  "not_nows",
];
const CLOSED_COLUMNS = [
  "enrollment_id",
  "uuid",
  "request_type",
  "origin",
  "job_id",
  "purpose",
  "outcome",
  "answer",
  "queued_at",
  "offered_at",
  "closed_at",
  "created_by",
];

type HistoryQueries = Pick<
  AdminStore,
  "timeline" | "timelineEntry" | "bodyBatches" | "body" | "command" | "commandBytes" | "outstanding"
>;

export function historyQueries({ build, run, rows }: Queries): HistoryQueries {
  return {
    timeline: (id, before, limit) =>
      rows<TimelineRow>(
        "timeline",
        build
          .selectFrom("timeline")
          .selectAll()
          .where("enrollment_id", "=", id)
          .where("seq", "<", before ?? Number.MAX_SAFE_INTEGER)
          .orderBy("seq", "desc")
          .limit(limit),
      ),
    async timelineEntry(id, seq) {
      const query = build.selectFrom("timeline").selectAll().where("enrollment_id", "=", id).where("seq", "=", seq);
      return (await rows<TimelineRow>("timeline", query))[0];
    },
    async bodyBatches(id) {
      const found = await run(build.selectFrom("body_batch").select("batch").where("enrollment_id", "=", id));
      return found.map((row) => Number(row["batch"]));
    },
    async body(id, batch, n) {
      const query = build
        .selectFrom("body")
        .select("bytes")
        .where("enrollment_id", "=", id)
        .where("batch", "=", batch)
        .where("n", "=", n);
      return (await run(query))[0]?.["bytes"] as Uint8Array | undefined;
    },
    async command(enrollmentId, uuid) {
      const of = (table: "command" | "closed_command", columns: readonly string[]) =>
        build.selectFrom(table).select(columns).where("enrollment_id", "=", enrollmentId).where("uuid", "=", uuid);
      const [open] = await rows<WithoutBytes<CommandRow>>("command", of("command", OPEN_COLUMNS));
      if (open !== undefined) return { open };
      const [closed] = await rows<WithoutBytes<ClosedCommandRow>>(
        "closedCommand",
        of("closed_command", CLOSED_COLUMNS),
      );
      return closed === undefined ? {} : { closed };
    },
    async commandBytes(enrollmentId, uuid) {
      for (const table of ["command", "closed_command"] as const) {
        const [row] = await run(
          build.selectFrom(table).select("bytes").where("enrollment_id", "=", enrollmentId).where("uuid", "=", uuid),
        );
        if (row !== undefined) return row["bytes"] as Uint8Array;
      }
      return undefined;
    },
    outstanding: (id) =>
      rows<WithoutBytes<CommandRow>>(
        "command",
        build.selectFrom("command").select(OPEN_COLUMNS).where("enrollment_id", "=", id).orderBy("rank"),
      ),
  };
}
