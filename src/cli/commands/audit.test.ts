import { describe, expect, it } from "vitest";
import { auditEntry, NOW } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";
import { sinceOf } from "./audit.ts";

describe("audit", () => {
  it("shows who changed what, on which object, with what outcome and from where", async () => {
    const rows = [
      auditEntry,
      {
        ...auditEntry,
        actor: "token:\u001b[2Jevil",
        route: "rawCommand",
        object: { kind: "device", id: "d1" },
        detail: "EraseDevice c1",
        outcome: "command-dangerous",
      },
      { ...auditEntry, actor: null, object: { kind: "token", id: null }, outcome: "unauthorized", count: 40 },
    ];
    const { code, out } = await run(["audit"], {
      "server.audit": async () => ({ rows, next: "x", completeFromAt: null }),
    });
    const lines = out.trimEnd().split("\n");
    expect(code).toBe(0);
    expect(lines[1]).toMatch(
      /^2026-08-21 11:56:00Z +token:tests +stopPlan +plan plan-1 +ok +192\.0\.2\.7 +state: active → stopped; order: 0 → none$/,
    );
    expect(lines[2]).toMatch(/device d1 \(EraseDevice c1\) +command-dangerous/);
    expect(lines[3]).toContain("40 requests without a valid token");
    expect(lines[4]).toContain("--limit");
    expect(out).not.toContain("\u001b");
  });

  it("passes the filters on, and prints the API's JSON with --json", async () => {
    const given = ["--actor", "token:tests", "--object", "plan:plan-1", "--since", "24h", "--limit", "5"];
    const { out, asked } = await run(["audit", ...given, "--json"]);
    const query = { actor: "token:tests", objectKind: "plan", objectId: "plan-1", since: NOW - 86_400_000, limit: 5 };
    expect(asked).toEqual([{ method: "server.audit", args: [query] }]);
    expect(JSON.parse(out)).toEqual({ rows: [auditEntry], next: null, completeFromAt: auditEntry.recordedAt });
  });

  it("prints all rows as CSV with --csv, in the server's words", async () => {
    const evil = { ...auditEntry, detail: "=1+1" };
    const { out, asked } = await run(["audit", "--outcome", "ok", "--route", "stopPlan", "--until", "1h", "--csv"], {
      "server.auditRows": async function* () {
        yield [auditEntry];
        yield [evil];
      },
    });
    const query = { outcome: "ok", route: "stopPlan", until: NOW - 3_600_000 };
    expect(asked).toEqual([{ method: "server.auditRows", args: [query] }]);
    const lines = out.split("\r\n");
    expect(lines[0]).toBe(
      "recordedAt,actor,route,objectKind,objectId,detail,before,after,outcome,address,requestId,count",
    );
    expect(lines[1]).toContain('plan,plan-1,,"{""state"":""active"",""order"":0}","{""state"":""stopped""');
    expect(lines[2]).toContain(",'=1+1,");
    expect(lines).toHaveLength(4);
  });

  it.each([
    ["route=stopplan", "abortRollout"],
    ["outcome=fine", "refused"],
  ])("is refused by the server for %s, which nothing can have, and told the words", async (query, words) => {
    const [name = "", value = ""] = query.split("=");
    const { code, err } = await run(["audit", `--${name}`, value]);
    expect([code, err]).toEqual([1, expect.stringContaining(words)]);
  });

  it.each([
    ["90m", "2026-08-21T10:30:00.000Z"],
    ["7d", "2026-08-14T12:00:00.000Z"],
    ["2026-08-01", "2026-08-01T00:00:00.000Z"],
    ["2026-08-01T12:00+02:00", "2026-08-01T10:00:00.000Z"],
  ])("reads %s as a time", (text, instant) => expect(sinceOf(text, NOW)).toBe(instant));

  it.each(["yesterday", "2026-13-01", "2026-08-01T12:00", "7"])(
    "refuses %s, and says how to write a time",
    async (text) => {
      const { code, err, asked } = await run(["audit", "--since", text]);
      expect([code, asked]).toEqual([2, []]);
      expect(err).toContain("24h or 7d");
    },
  );
});
