/** What `uptick plan create-standing` asks the server (targets P6, R4). */
import { describe, expect, it } from "vitest";
import { run } from "../world.suite.ts";

const words = ["plan", "create-standing", "--to", "latest-minor"];
const plan = async (...more: string[]) => {
  const { asked } = await run([...words, ...more]);
  return asked.filter(({ method }) => method === "plans.create")[0]?.args[0];
};

describe("plan create-standing", () => {
  it("needs a target only: within 14 days, at 17:00, in one ring", async () => {
    expect(await plan()).toEqual({ to: "latest-minor", standing: true, action: "install", deadline: "+14d 17:00" });
  });

  it("sends what was said", async () => {
    const scope = [
      "--include",
      "platform = macOS",
      "--exclude",
      "tag = lab",
      "--order",
      "2",
      "--zone",
      "Europe/Zurich",
    ];
    const days = [
      "--in",
      "10d",
      "--at",
      "18:00",
      "--skip-weekdays",
      "fri,sat",
      "--notice-hours",
      "48",
      "--spread-hours",
      "2",
    ];
    const gate = ["--max-failures", "3", "--urgent-days", "4", "--allow-major", "--new-major-after-days", "60"];
    expect(await plan(...scope, ...days, ...gate)).toEqual({
      ...{ to: "latest-minor", standing: true, action: "install", deadline: "+10d 18:00" },
      ...{ include: "platform = macOS", exclude: "tag = lab", order: 2, zone: "Europe/Zurich" },
      ...{ skipWeekdays: ["fri", "sat"], noticeHours: 48, spreadHours: 2 },
      ...{ maxFailurePercent: 3, urgentDays: 4, allowMajor: true, newMajorAfterDays: 60 },
    });
  });

  it("has the preset of three rings: devices with the tag pilot first, where there are any", async () => {
    expect(await plan("--rings", "three")).toMatchObject({
      deadline: "+17d 17:00",
      skipWeekdays: ["fri", "sat", "sun"],
      rings: [
        { name: "Pilot", who: "tag = pilot", opens: 0, due: 2 },
        { name: "Early", who: { percent: 20, of: "not tag = late" }, opens: 8, due: 9 },
        { name: "Everyone", who: "rest", opens: 15, due: 17 },
      ],
    });
    // The last ring is due with the plan.
    expect(await plan("--rings", "three", "--in", "20d")).toMatchObject({
      deadline: "+20d 17:00",
      rings: [{}, {}, { due: 20 }],
    });
  });

  it("sends the dry run that it was shown, and refuses half of its name", async () => {
    const named = ["--hash", "0123456789abcdef", "--as-of", "2026-08-21T12:00:00.000Z"];
    expect(await plan(...named)).toMatchObject({
      hash: "0123456789abcdef",
      asOf: { decidedAt: "2026-08-21T12:00:00.000Z" },
    });
    expect(await run([...words, ...named.slice(2)])).toMatchObject({ code: 2, asked: [] });
  });
});

describe("plan edit and plan order", () => {
  const named = ["--hash", "0123456789abcdef", "--as-of", "2026-08-21T12:00:00.000Z"];
  const edit = ["plan", "edit", "plan-1", "--in", "10d"];

  it("print how a dry run is saved as it was shown", async () => {
    const { out } = await run([...edit, "--dry-run"]);
    expect(out).toContain("To make this change as shown, by 2026-08-22T12:00:00.000Z,\nrepeat the command without");
    const shown = out.slice(out.indexOf("To make this change"));
    expect(Math.max(...shown.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toContain("  --hash 0123456789abcdef0123456789abcdef --as-of 2026-08-21T12:00:00.000Z\n");
    expect((await run(["plan", "order", "plan-1", "--dry-run"])).out).toContain("--hash 0123456789abcdef");
    // A stop has none: it must not be refused because the fleet has moved.
    expect((await run(["plan", "stop", "plan-1", "--dry-run"])).out).not.toContain("--hash");
  });

  it("send it back, and say which devices have changed since", async () => {
    const { asked, out } = await run([...edit, ...named]);
    expect(asked.find(({ method }) => method === "plans.edit")?.args[1]).toMatchObject({
      hash: "0123456789abcdef",
      asOf: { decidedAt: "2026-08-21T12:00:00.000Z" },
    });
    expect(out).toContain("1 device changed since the dry run:\n  Room 4 / left (SERIAL1): The dry run showed:");
    const order = await run(["plan", "order", "plan-1", ...named]);
    expect(order.asked.find(({ method }) => method === "plans.order")?.args[0]).toMatchObject({
      hash: "0123456789abcdef",
    });
  });

  it.each([[["--hash", "0123"]], [["--as-of", "2026-08-21T12:00:00.000Z"]], [["--dry-run", ...named]]])(
    "refuse %j",
    async (flags) => {
      expect(await run([...edit, ...flags])).toMatchObject({ code: 2, asked: [] });
      expect(await run(["plan", "order", "plan-1", ...flags])).toMatchObject({ code: 2, asked: [] });
    },
  );
});
