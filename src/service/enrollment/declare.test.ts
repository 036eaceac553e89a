/** What a device is to have: a rule that breaks takes nothing else away. */
import { describe, expect, it } from "vitest";
import { type Declared, declaredOf, enforcementFor, type Job, type LiveJob, newJob } from "../../plans/index.ts";
import { type Causes, compose, composed, isUpdate, RULES } from "./declare.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const zone = { zone: "UTC", zoneKnown: true } as const;
const begun = newJob(
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
);
const job: Job = { ...begun, state: "declaring" };
const CAUSES: Causes = {
  device: { platform: "iOS", osVersion: "26.5", enrollment: "device", supervised: true },
  knows: [],
  job,
  standing: { organization: { name: "A school" }, settings: { Notifications: true } },
};
const names = (rules = RULES): string[] => compose(CAUSES, rules).declarations.map(({ identifier }) => identifier);

describe("what a device is to have", () => {
  it("is something of every rule, and each configuration is named by one activation, the update by its own", () => {
    const { declarations, leftOut } = compose(CAUSES);
    expect(leftOut).toEqual([]);
    expect(declarations).toHaveLength(Object.keys(RULES).length + 2);
    const activations = declarations.filter(({ kind }) => kind === "activation");
    const configurations = declarations.filter(({ kind }) => kind === "configuration");
    const naming = (identifier: string) => activations.filter(({ body }) => body.includes(`"${identifier}"`));
    for (const { identifier } of configurations) expect(naming(identifier)).toHaveLength(1);
    const [update] = configurations.filter(({ identifier }) => isUpdate(identifier));
    expect(
      configurations.filter(({ identifier }) => naming(identifier)[0] === naming(update?.identifier ?? "")[0]),
    ).toEqual([update]);
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

describe("what is remembered for devices alike", () => {
  const withJob = (more: Partial<LiveJob>, told: Partial<Declared> = {}): Causes => {
    const other = { ...begun, state: "declaring", ...more, declared: { ...declaredOf(job), ...told } };
    return { ...CAUSES, job: other as LiveJob };
  };
  const former = [{ target: { version: "26.6" }, enforcement: declaredOf(job).enforcement, takenAt: 1 }];
  const all: readonly (readonly [string, Causes])[] = [
    ["all of it", CAUSES],
    ["no job", { ...CAUSES, job: undefined }],
    ["a job that wants none", withJob({ state: "asking" })],
    ["another release", withJob({ target: { version: "26.6.2", major: false } })],
    ["a page of details", withJob({ detailsUrl: "https://example.org/" })],
    ["a moment", withJob({}, { enforcement: { ...begun, local: "2026-08-29T09:00:00" } as never })],
    ["one beside it", withJob({}, { former } as never)],
    ["another platform", { ...CAUSES, device: { ...CAUSES.device, platform: "macOS" } }],
    ["other status items", { ...CAUSES, knows: ["softwareupdate.install-state"] }],
    ["no policy", { ...CAUSES, standing: {} }],
    ["a policy that does not fit", { ...CAUSES, device: { ...CAUSES.device, osVersion: "17.0" } }],
  ];

  it.each(all)("is what would be made of them now: %s", (_what, causes) => {
    for (const [, other] of all) composed(other);
    expect(composed(structuredClone(causes))).toEqual(compose(causes));
  });

  it("differs wherever what is made differs", () => {
    const made = all.map(([, causes]) => JSON.stringify(compose(causes)));
    const remembered = all.map(([, causes]) => JSON.stringify(composed(causes)));
    expect(new Set(remembered).size).toBe(new Set(made).size);
    expect(new Set(made).size).toBeGreaterThan(all.length - 3);
  });
});

describe("an update's declaration and its activation", () => {
  const ofUpdate = (causes: Causes): Map<string, string> => {
    const { declarations } = compose(causes);
    const [update] = declarations.filter(({ identifier }) => isUpdate(identifier));
    if (update === undefined) throw new Error("there is no update");
    const all = declarations.filter(
      ({ body, identifier }) => identifier === update.identifier || body.includes(update.identifier),
    );
    return new Map(all.map(({ identifier, serverToken }) => [identifier, serverToken]));
  };
  const before = ofUpdate(CAUSES);
  const of = (more: Partial<LiveJob>, told: Partial<Declared> = {}): Causes => {
    const other = { ...begun, state: "declaring", ...more, declared: { ...declaredOf(job), ...told } };
    return { ...CAUSES, job: other as LiveJob };
  };
  const deadline = { ...zone, deadline: "2026-08-28T17:00" } as const;
  const moment = enforcementFor({ ...deadline, target: {} }, NOW);

  it.each<[string, Causes]>([
    ["composed anew", structuredClone(CAUSES)],
    ["another policy", { ...CAUSES, standing: { ...CAUSES.standing, settings: { Notifications: false } } }],
    ["no policy", { ...CAUSES, standing: {} }],
    ["another organization", { ...CAUSES, standing: { ...CAUSES.standing, organization: { name: "Another" } } }],
    ["another OS", { ...CAUSES, device: { ...CAUSES.device, osVersion: "26.5.1" } }],
    ["other status items", { ...CAUSES, knows: ["softwareupdate.install-state"] }],
    ["another plan and job", of({ id: "k", planId: "q", createdAt: NOW + 1 })],
    ["another state", of({ state: "ready", reason: "prepared" }, { takenAt: NOW, inForceAt: NOW, listedAt: NOW })],
    [
      "another time of the decision",
      of({}, { enforcement: enforcementFor({ ...deadline, target: {} }, NOW + 3_600_000) }),
    ],
    [
      "the same moment by a window",
      of({}, { enforcement: enforcementFor({ ...deadline, window: { from: "16:00", to: "18:00" }, target: {} }, NOW) }),
    ],
    [
      "a zone learned since",
      of({}, { enforcement: enforcementFor({ ...deadline, zoneKnown: false, target: {} }, NOW) }),
    ],
    ["another way to name it in a command", of({ identify: "product-key", because: "only-declarations" })],
    [
      "a former one beside it",
      of(
        {},
        {
          former: [
            { target: { version: "26.6.1" }, enforcement: { ...moment, local: "2026-08-29T17:00:00" }, takenAt: NOW },
          ],
        },
      ),
    ],
  ])("stay as they are: %s", (_what, causes) => {
    const after = ofUpdate(causes);
    expect(before.size).toBe(2);
    expect([...after]).toEqual([...before]);
  });

  it.each<[string, Causes]>([
    ["another version", of({ target: { version: "26.6.2", major: false } })],
    ["another moment", of({}, { enforcement: { ...moment, local: "2026-08-29T17:00:00" } })],
    ["a build", of({}, { enforcement: { ...moment, build: "23G83" } })],
    ["a page", of({ detailsUrl: "https://it.example.org" })],
  ])("are others where the wish is another: %s", (_what, causes) => {
    for (const [identifier] of ofUpdate(causes)) expect(before.has(identifier)).toBe(false);
  });
});
