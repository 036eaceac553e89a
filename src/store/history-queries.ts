/** What admins ask about one device's history: its timeline, kept bytes and commands. */
import type { AdminStore } from "./admin-store.ts";
import type { Queries } from "./plan-queries.ts";
import type { ClosedCommandRow, CommandRow, TimelineRow } from "./rows.ts";

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
      const of = (table: "command" | "closed_command") =>
        build.selectFrom(table).selectAll().where("enrollment_id", "=", enrollmentId).where("uuid", "=", uuid);
      const [open] = await rows<CommandRow>("command", of("command"));
      if (open !== undefined) return { open };
      const [closed] = await rows<ClosedCommandRow>("closedCommand", of("closed_command"));
      return closed === undefined ? {} : { closed };
    },
    async commandBytes(enrollmentId, uuid) {
      const query = build
        .selectFrom("command_bytes")
        .select("bytes")
        .where("enrollment_id", "=", enrollmentId)
        .where("uuid", "=", uuid);
      return (await run(query))[0]?.["bytes"] as Uint8Array | undefined;
    },
    outstanding: (id) =>
      rows<CommandRow>(
        "command",
        build.selectFrom("command").selectAll().where("enrollment_id", "=", id).orderBy("rank"),
      ),
  };
}
