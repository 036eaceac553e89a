/** A plan shows the request that makes it again, and nothing is lost on the way. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlanRequest, planRequest, planView, STANDING_LEFT_OUT } from "../../contract/index.ts";
import { phone, world } from "../standing/world.suite.ts";

/** In canonical text, so that the plan shows them letter by letter. The one device matches each of `include` and none of `exclude`. */
const include = fc.constantFrom("all", "serial in (SA, SB)", "not serial = SD", "platform = iOS and not tag = late");
const exclude = fc.constantFrom("tag = late", "serial in (SX, SY) or major = 18");

const rings = fc.constantFrom<NonNullable<PlanRequest["rings"]>>(
  [],
  [
    { name: "Pilot", who: "tag = pilot", opens: 0, due: 5, approval: "person" },
    { name: "Everyone", who: "rest", opens: 15, due: 25, approval: "gate" },
  ],
  [
    { name: "Half", who: { percent: 50 }, opens: 0, due: 5, approval: "gate" },
    { name: "Some", who: { percent: 0.5, of: "not tag = late" }, opens: 10, due: 15, approval: "gate" },
    { name: "Everyone", who: "rest", opens: 18, due: 25, approval: "gate" },
  ],
);

/** Every field of a standing plan's request; those that a plan need not have may be absent. */
const standing = fc.record(
  {
    name: fc.constantFrom("phones", "Zürich: 1 # no comment", "- 'yes'\n", "null"),
    standing: fc.constant(true),
    order: fc.constant(0),
    to: fc.constantFrom("latest-minor", "n-1", "latest below 26.6.1", "iOS=latest-minor age 7d, macOS=n-1 floor 15.7"),
    action: fc.constant("install" as const),
    include,
    exclude,
    deadline: fc.constantFrom("+25d 17:00", "+25d 09:30"),
    noticeHours: fc.integer({ min: 0, max: 40 }),
    skipWeekdays: fc.constantFrom<NonNullable<PlanRequest["skipWeekdays"]>>([], ["sat", "sun"]),
    spreadHours: fc.integer({ min: 0, max: 8 }),
    rings,
    maxFailurePercent: fc.integer({ min: 1, max: 20 }),
    urgentDays: fc.integer({ min: 1, max: 60 }),
    window: fc.constantFrom("22:00-05:00", "12:00-19:00"),
    zone: fc.constantFrom("UTC", "Europe/Zurich"),
    detailsUrl: fc.constant("https://example.org/update?os=26"),
    allowMajor: fc.boolean(),
    newMajorAfterDays: fc.integer({ min: 0, max: 365 }),
    allowUnlisted: fc.boolean(),
    allowDataLoss: fc.boolean(),
  },
  {
    requiredKeys: [
      ...(["name", "standing", "order", "to", "action", "include", "deadline", "noticeHours", "skipWeekdays"] as const),
      ...(["spreadHours", "rings", "maxFailurePercent", "allowMajor", "allowUnlisted", "allowDataLoss"] as const),
    ],
  },
);

describe("a plan's request", () => {
  it("of a standing plan is the one that made it, field by field", { timeout: 60_000 }, async () => {
    const { plans, actor } = await world([phone("a", { serial: "SA" })]);
    const again = fc.asyncProperty(standing, async (asked) => {
      const { id } = await plans.create(actor, asked as PlanRequest);
      const { request } = planView.parse(JSON.parse(JSON.stringify(await plans.show(id))));
      expect(request).toEqual(planRequest.parse(asked));
      await plans.stop(actor, id);
    });
    await fc.assert(again, { seed: 20261128, numRuns: 60 });
  });

  it("has what was left out as its default, and rules in their canonical text", async () => {
    const { plans, make } = await world([phone("a")]);
    const { id } = await make({ include: "(PLATFORM=ios)", deadline: "+014d 17:00" });
    const { include: _all, ...leftOut } = STANDING_LEFT_OUT;
    expect((await plans.show(id)).request).toMatchObject(leftOut);
    expect((await plans.show(id)).request).toEqual({
      ...{ name: "phones", standing: true, order: 0, to: "latest-minor", action: "install", deadline: "+14d 17:00" },
      ...{ include: "platform = iOS", noticeHours: 24, skipWeekdays: [], spreadHours: 0, rings: [] },
      ...{ maxFailurePercent: 5, allowMajor: false, allowUnlisted: false, allowDataLoss: false },
    });
  });

  it("of a once plan is shown where a rule names its devices; a list of devices is not kept", async () => {
    const { plans, actor } = await world([phone("a")]);
    const asked: PlanRequest = {
      ...{ name: "August", to: "26.6.1", action: "install", rule: "platform = iOS", window: "22:00-05:00" },
      ...{ zone: "UTC", deadline: "2026-09-05T17:00", allowMajor: false, allowUnlisted: false, replace: true },
      ...{ allowPastDeadline: false, allowDataLoss: false, detailsUrl: "https://example.org/" },
    };
    expect((await plans.create(actor, asked)).request).toEqual(asked);
    const { rule: _rule, ...named } = asked;
    expect((await plans.create(actor, { ...named, devices: ["a"] })).request).toBeNull();
  });

  it("is shown by the dry run of an edit as it would be after it", async () => {
    const { plans, make } = await world([phone("a")]);
    const { id, revision, request } = await make();
    const tried = await plans.tryEdit(id, { revision, exclude: "tag=lab", name: "others" });
    expect(tried.request).toEqual({ ...request, exclude: "tag = lab", name: "others" });
    expect((await plans.show(id)).request).toEqual(request);
  });
});
