/** What admins ask about tags, groups and time zones by rule. */
import { sql } from "kysely";
import type { AdminStore } from "./admin-store.ts";
import { padded } from "./padded.ts";
import { page } from "./page.ts";
import type { Queries } from "./plan-queries.ts";
import type { DeviceGroupRow, ZoneRuleRow } from "./rows.ts";

type ScopeQueries = Pick<AdminStore, "tagsOf" | "tags" | "groups" | "groupsOf" | "zoneRules">;

export function scopeQueries({ build, run, rows }: Queries): ScopeQueries {
  return {
    async tagsOf(ids) {
      const tags = new Map<string, Set<string>>();
      if (ids.length === 0) return tags;
      const found = await run(
        build
          .selectFrom("device_tag")
          .select(["enrollment_id", "tag"])
          .where("enrollment_id", "in", padded(ids))
          .orderBy("enrollment_id")
          .orderBy("tag"),
      );
      for (const { enrollment_id: id, tag } of found) {
        const own = tags.get(String(id));
        if (own === undefined) tags.set(String(id), new Set([String(tag)]));
        else own.add(String(tag));
      }
      return tags;
    },
    async tags(after, limit) {
      const found = await run(
        build
          .selectFrom("device_tag")
          .select("tag")
          .select((e) => e.fn.countAll().as("n"))
          .where("tag", ">", after ?? "")
          .where(sql<boolean>`EXISTS (SELECT 1 FROM enrollment e WHERE e.id = enrollment_id AND e.state <> 'removed')`)
          .groupBy("tag")
          .orderBy("tag")
          .limit(limit + 1),
      );
      const counts = found.map(({ tag, n }) => ({ tag: String(tag), devices: Number(n) }));
      return page(counts, limit, ({ tag }) => tag);
    },
    async groups(after, limit) {
      const query = build
        .selectFrom("device_group")
        .selectAll()
        .where("id", ">", after ?? "")
        .orderBy("id")
        .limit(limit + 1);
      return page(await rows<DeviceGroupRow>("deviceGroup", query), limit, ({ id }) => id);
    },
    async groupsOf(ids) {
      if (ids.length === 0) return [];
      const query = build.selectFrom("device_group").selectAll().where("id", "in", padded(ids)).orderBy("id");
      return rows<DeviceGroupRow>("deviceGroup", query);
    },
    zoneRules: () => rows<ZoneRuleRow>("zoneRule", build.selectFrom("zone_rule").selectAll().orderBy("place")),
  };
}
