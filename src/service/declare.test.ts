/** What a device is to have: a rule that breaks takes nothing else away. */
import { describe, expect, it } from "vitest";
import { enforcementFor, type Job, newJob } from "../plans/index.ts";
import { type Causes, compose, RULES } from "./declare.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const zone = { zone: "UTC", zoneKnown: true } as const;
const job: Job = {
  ...newJob(
    {
      enrollmentId: "e",
      platform: "iOS",
      from: { version: "26.5" },
      target: { version: "26.6.1", major: false },
      goal: "installed",
      action: "InstallASAP",
      twoSteps: true,
      identify: "product-version",
      mechanism: "declaration",
      enforcement: enforcementFor({ deadline: "2026-08-28T17:00", ...zone, target: {} }, NOW),
      ...zone,
    },
    { id: "j", planId: "p" },
    NOW,
  ),
  state: "declaring",
};
const CAUSES: Causes = {
  device: { platform: "iOS", osVersion: "26.5", enrollment: "device", supervised: true },
  knows: [],
  job,
  standing: { organization: { name: "A school" }, settings: { Notifications: true } },
};
const names = (rules = RULES): string[] => compose(CAUSES, rules).declarations.map(({ identifier }) => identifier);

describe("what a device is to have", () => {
  it("is something of every rule, and an activation that names each configuration", () => {
    const { declarations, leftOut } = compose(CAUSES);
    expect(leftOut).toEqual([]);
    expect(declarations).toHaveLength(Object.keys(RULES).length + 1);
    const activation = declarations.find(({ kind }) => kind === "activation");
    const configurations = declarations.filter(({ kind }) => kind === "configuration");
    for (const { identifier } of configurations) expect(activation?.body).toContain(identifier);
  });

  it.each(Object.keys(RULES))("keeps all the others when the rule %s throws, and says why it is left out", (broken) => {
    const rules = {
      ...RULES,
      [broken]: () => {
        throw new TypeError("it does not work");
      },
    };
    expect(compose(CAUSES, rules).leftOut).toEqual([{ rule: broken, code: "internal", detail: "it does not work" }]);
    const without = names(rules);
    const own = names({ [broken]: RULES[broken] as (typeof RULES)[string] });
    expect(without.toSorted()).toEqual(
      names()
        .filter((name) => name === "uptick.activation" || !own.includes(name))
        .toSorted(),
    );
  });

  it("keeps what needs no activation when the activation itself can't be made", () => {
    const odd = () => ({ type: "com.apple.configuration.odd", identifier: "", payload: {} });
    const { declarations, leftOut } = compose(CAUSES, { ...RULES, odd });
    expect(leftOut.map(({ rule }) => rule).every((rule) => rule === "activation" || rule === "odd")).toBe(true);
    expect(leftOut).not.toEqual([]);
    expect(declarations.map(({ identifier }) => identifier)).toContain("uptick.organization");
  });
});
