/** The contract of every backend: the list of devices, every filter in every order, held to a naive one over drawn fleets. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ComplianceFlag, Rule } from "../plans/index.ts";
import { matcherOf } from "../plans/scope/match.ts";
import { parseRule } from "../plans/scope/parse.ts";
import type { AdminStore } from "./admin-store.ts";
import type { CountedBy, DeviceFilter, DeviceQuery, DeviceSort } from "./device-query.ts";
import type { Given } from "./given.suite.ts";
import { textKey, versionKey } from "./list-keys.ts";
import type { EnrollmentRow, JobRow, PlanDeviceRow } from "./rows.ts";
import { enrollmentRow, jobRow, planDeviceRow, planRow } from "./suite-rows.ts";
import type { Write } from "./transaction.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;
/** Devices of a fleet. */
const MOST = 24;
const CLASSES = ["waiting-person", "cannot", "unknown", "no-plan", "under-way", "on-target"] as const;
const FLAGS = ["overdue", "exposed", "silent", "newest", "major-ended", "below-floor"] as const;
const SORTS: readonly DeviceSort[] = ["id", "name", "os", "compliance", "deadline", "lastSeen"];
const GROUPS: ReadonlyMap<string, Rule> = new Map([["kiosks", parseRule("tag = kiosk or supervised = false")]]);

interface Device {
  readonly row: EnrollmentRow;
  readonly tags: readonly string[];
  readonly jobs: readonly JobRow[];
  readonly refusals: readonly PlanDeviceRow[];
}

const NAMES = [
  null,
  "",
  "Zürich",
  "zurich 2",
  "ZÜRICH 10",
  "東京 1",
  "Ångström",
  "a\0b",
  'say "hi" OR %_',
  "iPad*",
  "Σίσυφος",
  "éclair",
  "Éclair",
  "x".repeat(300),
];
const VERSIONS = [null, "26.1", "26.1.0", "26.10", "26.9.1", "18.7", "odd"];
const nullable = <T>(...values: readonly T[]) => fc.constantFrom(null, ...values);

const aJob = fc.record({
  state: fc.constantFrom("asking", "blocked", "done", "failed", "refused"),
  live: fc.boolean(),
  begun: fc.boolean(),
  createdAt: fc.integer({ min: 0, max: 3 }),
  mechanism: nullable("command", "declaration"),
});

const aDevice = fc.record({
  state: fc.constantFrom("enrolled", "enrolled", "enrolled", "authenticated", "checked-out", "quarantined", "removed"),
  deviceName: fc.constantFrom(...NAMES),
  serial: nullable("C02A", "c02a", "F2L04", "%"),
  osVersion: fc.constantFrom(...VERSIONS),
  platform: nullable("macOS", "iOS", "tvOS"),
  productName: nullable("Mac14,2", "iPad13,4", "iPhone14,2"),
  softwareUpdateDeviceId: nullable("J413AP", "iPad13,4"),
  supervised: nullable(0, 1),
  compliance: fc.constantFrom(...CLASSES),
  complianceReason: fc.constantFrom("window", "silent", "declined"),
  flags: fc.subarray([...FLAGS]).map((flags) => (flags.length === 0 ? "" : ` ${flags.join(" ")} `)),
  deadlineAt: nullable(NOW, NOW + DAY, 5),
  governedBy: nullable("p1", "p2"),
  ring: nullable(0, 1),
  lastSeenAt: nullable(NOW, NOW - DAY, NOW - 40 * DAY),
  tags: fc.subarray(["kiosk", "lab", "pilot"]),
  jobs: fc.array(aJob, { maxLength: 3 }),
  refusedAt: fc.option(fc.integer({ min: 0, max: 3 })),
  refusedBy: fc.constantFrom("p1", "never accepted"),
});

const aFleet = fc.array(aDevice, { minLength: 1, maxLength: MOST }).map((drawn) =>
  drawn.map(({ tags, jobs, refusedAt, refusedBy, ...facts }, n): Device => {
    // Not in the order in which they are made.
    const id = `d${String((n * 7) % MOST).padStart(2, "0")}`;
    const seedOf = (mechanism: string | null) => (mechanism === null ? {} : { target: {}, mechanism });
    return {
      row: enrollmentRow(id, { appleId: `U-${id}`, modelName: null, ...facts } as Partial<EnrollmentRow>),
      tags,
      jobs: jobs.map(({ live, begun, mechanism, state, createdAt }, k) => ({
        ...jobRow(`${id}-${k}`, id, { planId: "p1", state, createdAt, doc: seedOf(mechanism) }),
        // At most one is live.
        live: live && k === 0 ? 1 : 0,
        begun: begun ? 1 : 0,
        mechanism: state === "refused" ? null : mechanism,
        doc: { ...seedOf(mechanism), state },
      })),
      refusals:
        refusedAt === null
          ? []
          : [planDeviceRow(refusedBy, id, { kind: "refused", reason: "busy", seed: null, decidedAt: refusedAt })],
    };
  }),
);

const writesOf = ({ row, tags, jobs, refusals }: Device): Write[] => [
  { put: "enrollment", row },
  ...tags.map((tag): Write => ({ put: "deviceTag", row: { enrollmentId: row.id, tag } })),
  ...jobs.map((job): Write => ({ put: "job", row: job })),
  ...refusals.map((refused): Write => ({ put: "planDevice", row: refused })),
];

/** The state and the mechanism that a device is shown with. */
function shownWith({ jobs, refusals }: Device): { state: string | null; mechanism: string | null } {
  const [job] = jobs.toSorted(
    (a, b) => b.live - a.live || b.begun - a.begun || b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1),
  );
  const refused = refusals.find(({ planId }) => planId === "p1");
  if (
    refused !== undefined &&
    (job === undefined || (job.live === 0 && job.begun === 0 && job.createdAt <= refused.decidedAt))
  )
    return { state: "refused", mechanism: null };
  return { state: job?.state ?? null, mechanism: job?.mechanism ?? null };
}

const has = (text: string | null, part: string): boolean => text !== null && text.includes(part);

/** By the words of the contract. */
function passes(device: Device, filter: DeviceFilter): boolean {
  const { row, tags } = device;
  const enrolled = row.state === "enrolled";
  const shown = shownWith(device);
  const key = versionKey(row.osVersion);
  const { search, scope, os, flags = {} } = filter;
  const term = textKey(search ?? "") ?? "";
  const texts = [
    textKey(row.deviceName),
    row.serial?.toLowerCase() ?? null,
    row.appleId.toLowerCase(),
    row.productName?.toLowerCase() ?? null,
  ];
  return [
    filter.enrollment === undefined ? row.state !== "removed" : row.state === filter.enrollment,
    filter.class === undefined || (enrolled && row.compliance === filter.class),
    filter.reason === undefined || (enrolled && row.complianceReason === filter.reason),
    Object.entries(flags).every(([flag, raised]) => enrolled && row.flags.includes(` ${flag} `) === raised),
    filter.platform === undefined || row.platform === filter.platform,
    filter.model === undefined || row.productName?.startsWith(filter.model) === true,
    filter.plan === undefined || row.governedBy === filter.plan,
    filter.ring === undefined || row.ring === filter.ring,
    os === undefined || (key !== null && (os.how === "=" ? key === os.key : key < os.key)),
    filter.jobState === undefined || shown.state === filter.jobState,
    filter.mechanism === undefined || shown.mechanism === filter.mechanism,
    filter.silentSince === undefined || (row.lastSeenAt ?? 0) < filter.silentSince,
    filter.ids === undefined || filter.ids.includes(row.id),
    term === "" || texts.some((text) => (term.length < 3 ? text?.startsWith(term) === true : has(text, term))),
    scope === undefined || matcherOf(scope.rule)(factsOf(row, tags)),
  ].every(Boolean);
}

function factsOf(
  { platform, productName, softwareUpdateDeviceId, osVersion, supervised, serial }: EnrollmentRow,
  tags: readonly string[],
) {
  const ids =
    platform === null ? [] : platform === "macOS" ? [softwareUpdateDeviceId] : [productName, softwareUpdateDeviceId];
  const kiosk = tags.includes("kiosk") || supervised === 0;
  return {
    ...{ platform, productName, osVersion, serial, tags: new Set(tags) },
    lookupIds: ids.filter((id) => id !== null),
    supervised: supervised === null ? null : supervised === 1,
    groups: new Set(kiosk ? ["kiosks"] : []),
  };
}

/** In the order of code points, as databases compare; what is not known last. */
function compared(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return typeof a === "number" ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
}

/** What a sort compares, one after the other. */
function keysOf({ row }: Device, by: DeviceSort): readonly (string | number | null)[] {
  const enrolled = row.state === "enrolled";
  const deadline = enrolled ? row.deadlineAt : null;
  if (by === "name") return [textKey(row.deviceName)];
  if (by === "os") return [versionKey(row.osVersion)];
  if (by === "deadline") return [deadline];
  if (by === "lastSeen") return [row.lastSeenAt ?? 0];
  return by === "id" ? [row.id] : [enrolled ? CLASSES.indexOf(row.compliance) : CLASSES.length, deadline];
}

function order(by: DeviceSort, down: boolean): (a: Device, b: Device) => number {
  return (a, b) => {
    const keys = keysOf(b, by);
    const found = keysOf(a, by).map((key, n) => compared(key, keys[n] ?? null));
    return (found.find((one) => one !== 0) ?? 0) * (down ? -1 : 1);
  };
}

const RULES = [
  "tag = kiosk",
  "not tag = lab and platform = macOS",
  "model in (mac14*, ipad13,4)",
  "group = kiosks",
  "major in (26, 18) or serial = C02A",
  "platform = iPadOS",
  "supervised != true",
  "tag in (kiosk, lab) and not model = J413ap",
  "all",
  "not all",
].map(parseRule);

const flagsAsked = fc
  .subarray<ComplianceFlag>([...FLAGS], { minLength: 1, maxLength: 2 })
  .chain((flags) =>
    fc
      .array(fc.boolean(), { minLength: flags.length, maxLength: flags.length })
      .map(
        (raised) =>
          Object.fromEntries(flags.map((flag, n) => [flag, raised[n] === true])) as Partial<
            Record<ComplianceFlag, boolean>
          >,
      ),
  );

const FILTERS: { readonly [K in keyof DeviceFilter]-?: fc.Arbitrary<NonNullable<DeviceFilter[K]>> | undefined } = {
  search: fc.constantFrom(
    "zürich",
    "ZURICH",
    "é",
    "ec",
    "京 1",
    '"hi" OR',
    "%",
    "%_",
    "iPad*",
    "ipad",
    "ΣΊΣ",
    "u-d0",
    "c02",
    "nobody",
    "x".repeat(201),
    "a b",
    "--",
  ),
  platform: fc.constantFrom("macOS", "iOS"),
  model: fc.constantFrom("iPad", "Mac"),
  os: fc.record({
    how: fc.constantFrom("=" as const, "<" as const),
    key: fc.constantFrom("26.1", "26.10", "18", "27").map((text) => versionKey(text) ?? 0),
  }),
  enrollment: fc.constantFrom("enrolled" as const, "removed" as const, "checked-out" as const),
  jobState: fc.constantFrom("blocked", "done", "refused", "asking"),
  mechanism: fc.constantFrom("command", "declaration"),
  class: fc.constantFrom(...CLASSES),
  reason: fc.constantFrom("window", "silent", "none"),
  flags: flagsAsked,
  plan: fc.constantFrom("p1", "p2", "p3"),
  ring: fc.constantFrom(0, 1, 2),
  silentSince: fc.constantFrom(NOW - DAY, NOW, NOW - 50 * DAY),
  scope: fc.constantFrom(...RULES).map((rule) => ({ rule, groups: GROUPS })),
  ids: fc.constantFrom([], ["d00", "d07"]),
  // Each has a test of its own.
  where: undefined,
};

const filtersDrawn = Object.entries(FILTERS).flatMap(([name, values]) =>
  values === undefined ? [] : [(values as fc.Arbitrary<unknown>).map((value): DeviceFilter => ({ [name]: value }))],
);

const someFilters: fc.Arbitrary<DeviceFilter> = fc
  .array(fc.oneof(...filtersDrawn), { maxLength: 3 })
  .map((filters) => Object.assign({}, ...filters) as DeviceFilter);

/** All pages, one after the other. */
async function idsIn(admin: AdminStore, query: DeviceQuery): Promise<string[]> {
  const ids: string[] = [];
  let after = query.after;
  do {
    const page = await admin.devices({ ...query, ...(after === undefined ? {} : { after }) });
    ids.push(...page.rows.map(({ enrollment }) => enrollment.id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

export function testDeviceList(given: Given): void {
  const { put } = given;

  async function fleetOf(devices: readonly Device[]): Promise<void> {
    // Those of the run before go away as a whole.
    const { devices: store } = given.store;
    const before = await store.read({ from: "enrollment", where: {} });
    const jobs = await store.read({ from: "job", where: {} });
    const refusals = await store.read({ from: "planDevice", where: {} });
    const tags = await store.read({ from: "deviceTag", where: {} });
    await put(
      ...jobs.map(({ id }): Write => ({ drop: "job", where: { id } })),
      ...refusals.map(({ planId, enrollmentId }): Write => ({ drop: "planDevice", where: { planId, enrollmentId } })),
      ...tags.map(({ enrollmentId, tag }): Write => ({ drop: "deviceTag", where: { enrollmentId, tag } })),
      ...before.map(({ id }): Write => ({ drop: "enrollment", where: { id } })),
      { put: "plan", row: planRow("p1") },
    );
    await put(...devices.flatMap(writesOf));
  }

  describe("for the list of devices", () => {
    it("console B4: gives what a naive list does, whatever the filters, in every order", async () => {
      let found = 0;
      await fc.assert(
        fc.asyncProperty(
          aFleet,
          fc.array(someFilters, { minLength: 6, maxLength: 6 }),
          fc.boolean(),
          fc.integer({ min: 4, max: 9 }),
          async (fleet, asked, down, limit) => {
            await fleetOf(fleet);
            const { admin } = given.store;
            for (const filter of asked) {
              const expected = fleet.filter((device) => passes(device, filter));
              found += expected.length;
              for (const by of SORTS) {
                const ids = await idsIn(admin, { ...filter, sort: { by, down }, limit });
                expect(ids.toSorted()).toEqual(expected.map(({ row }) => row.id).toSorted());
                const byId = new Map(fleet.map((device) => [device.row.id, device]));
                const compare = order(by, down);
                const wrong = ids.filter(
                  (id, n) => n > 0 && compare(byId.get(ids[n - 1] ?? "") as Device, byId.get(id) as Device) > 0,
                );
                expect(wrong).toEqual([]);
              }
              expect(await admin.countListed(filter)).toBe(expected.length);
            }
          },
        ),
        { seed: 15, numRuns: RUNS, endOnFailure: true },
      );
      expect(found).toBeGreaterThan(RUNS);
    });

    it("counts by each value what the list has of it", async () => {
      const valueOf: Readonly<Record<CountedBy, (row: EnrollmentRow) => string | null>> = {
        class: ({ state, compliance }) => (state === "enrolled" ? compliance : null),
        reason: ({ state, complianceReason }) => (state === "enrolled" ? complianceReason : null),
        version: ({ osVersion }) => osVersion,
        model: ({ productName }) => productName,
      };
      await fc.assert(
        fc.asyncProperty(aFleet, someFilters, async (fleet, filter) => {
          await fleetOf(fleet);
          const { admin } = given.store;
          for (const by of ["class", "reason", "version", "model"] as const) {
            const groups = Map.groupBy(
              fleet.filter((device) => passes(device, filter)),
              ({ row }) => valueOf[by](row),
            );
            const expected = [...groups].map(([value, devices]) => ({ value, count: devices.length }));
            const sorted = expected.toSorted(
              (a, b) => b.count - a.count || ((a.value ?? "") < (b.value ?? "") ? -1 : 1),
            );
            expect((await admin.valueCounts(by, filter, undefined, 9)).rows).toEqual(sorted);
            const first = await admin.valueCounts(by, filter, undefined, 1);
            const rest = first.next === undefined ? [] : (await admin.valueCounts(by, filter, first.next, 9)).rows;
            expect([...first.rows, ...rest]).toEqual(sorted);
          }
        }),
        { seed: 16, numRuns: RUNS, endOnFailure: true },
      );
    });

    it("neither loses nor repeats a device that stays as it is, whatever changes between pages", async () => {
      await fc.assert(
        fc.asyncProperty(aFleet, aFleet, fc.constantFrom(...SORTS), fc.boolean(), async (fleet, later, by, down) => {
          await fleetOf(fleet);
          const { admin } = given.store;
          const sort = { by, down };
          // Every third changes or leaves after each page, and others come.
          const changing = new Set(fleet.filter((_device, n) => n % 3 === 0).map(({ row }) => row.id));
          const kept = fleet.filter(({ row }) => row.state !== "removed" && !changing.has(row.id));
          const ids: string[] = [];
          let after: string | undefined;
          let round = 0;
          do {
            const page = await admin.devices({ sort, limit: 2, ...(after === undefined ? {} : { after }) });
            ids.push(...page.rows.map(({ enrollment }) => enrollment.id));
            after = page.next;
            const changed = later[round % later.length]?.row;
            const id = [...changing][round % changing.size];
            if (changed !== undefined && id !== undefined) {
              const { deviceName, osVersion, compliance, deadlineAt, lastSeenAt, state } = changed;
              await put({
                patch: "enrollment",
                where: { id },
                set: { deviceName, osVersion, compliance, deadlineAt, lastSeenAt, state },
              });
              await put({ put: "enrollment", row: { ...changed, id: `n${round}`, appleId: `new-${round}` } });
            }
            round += 1;
          } while (after !== undefined && round < MOST_PAGES);
          expect(ids.filter((id) => kept.some(({ row }) => row.id === id)).toSorted()).toEqual(
            kept.map(({ row }) => row.id).toSorted(),
          );
        }),
        { seed: 17, numRuns: RUNS, endOnFailure: true },
      );
    });

    it("follows each change of a job, a tag and a device", async () => {
      const { admin } = given.store;
      const ids = async (filter: DeviceFilter) => idsIn(admin, { ...filter, limit: 9 });
      await put(
        { put: "plan", row: planRow("plan") },
        { put: "enrollment", row: enrollmentRow("a", { deviceName: "Front desk" }) },
        { put: "job", row: jobRow("j", "a", { state: "blocked" }) },
      );
      const tagged = { scope: { rule: parseRule("tag = lab"), groups: GROUPS } };
      expect([await ids({ jobState: "blocked" }), await ids({ search: "desk" }), await ids(tagged)]).toEqual([
        ["a"],
        ["a"],
        [],
      ]);
      await put(
        { patch: "job", where: { id: "j" }, set: { state: "done", live: 0, doc: { target: {} } } },
        { patch: "enrollment", where: { id: "a" }, set: { deviceName: "Back desk" } },
        { put: "deviceTag", row: { enrollmentId: "a", tag: "lab" } },
      );
      expect([await ids({ jobState: "blocked" }), await ids({ jobState: "done", mechanism: "command" })]).toEqual([
        [],
        ["a"],
      ]);
      expect([await ids({ search: "front" }), await ids({ search: "back" }), await ids(tagged)]).toEqual([
        [],
        ["a"],
        ["a"],
      ]);
      await put({ drop: "deviceTag", where: { enrollmentId: "a", tag: "lab" } }, { drop: "job", where: { id: "j" } });
      expect([await ids(tagged), await ids({ jobState: "done" })]).toEqual([[], []]);
      await put({ drop: "enrollment", where: { id: "a" } });
      expect([await ids({}), await ids({ search: "desk" })]).toEqual([[], []]);
    });

    it("refuses a place in the list that is none", async () => {
      for (const after of ["", "a", "[1]", '[1,"a",2]', "[null,1]", "{}"])
        await expect(given.store.admin.devices({ sort: { by: "name", down: false }, after, limit: 1 })).rejects.toThrow(
          "is not a cursor",
        );
    });
  });
}

/** Fleets that are drawn for each test. */
const RUNS = 6;
/** More pages than a fleet has: devices that move on and on are met again and again. */
const MOST_PAGES = 60;
