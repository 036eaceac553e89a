/** Plans as files: the command against the real server. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlanView } from "../../src/contract/index.ts";
import { freshPlace, furnish, type Place } from "../cli/place.ts";

let place: Place;
beforeAll(async () => {
  place = await freshPlace();
  await furnish(place);
});
afterAll(() => place.close());

const FILE =
  "name: phones\nstanding: true\nto: latest-minor\naction: install\ndeadline: +14d 17:00\ninclude: (PLATFORM=ios)\n";

const phones = async (): Promise<PlanView | undefined> =>
  (await place.uptick.web.get<{ rows: PlanView[] }>("/api/v1/plans")).rows.find(({ name }) => name === "phones");
const apply = (text: string, ...more: readonly string[]) =>
  place.run(["plan", "apply", place.file("plans.yaml", text), ...more]);

describe("plan apply", () => {
  it("creates a plan once, says that it is the same, edits what differs, and goes back to a default", async () => {
    expect((await apply(FILE)).out).toMatch(/^phones: created \([0-9a-f-]{36}\)\n$/);
    const before = place.kept();
    expect((await apply(FILE)).out).toBe("phones: same\n");
    expect(place.kept()).toEqual(before);
    const dry = await apply(`${FILE}noticeHours: 30\n`, "--dry-run");
    expect(dry.out).toMatch(/^phones: would be changed\n {2}noticeHours: 24 → 30\nThe edit would change 0 devices/);
    expect(place.kept()).toEqual(before);
    expect((await apply(`${FILE}noticeHours: 30\n`)).out).toBe("phones: changed\n  noticeHours: 24 → 30\n");
    expect(await phones()).toMatchObject({ revision: 2, standing: { noticeHours: 30 } });
    const { out } = await place.run(["plan", "export"]);
    expect((await apply(out)).out).toBe("phones: same\n");
    expect((await apply(FILE)).out).toBe("phones: changed\n  noticeHours: 30 → 24\n");
  });

  it("applies the example of the documents, which has the shape of an export", async () => {
    const page = readFileSync(new URL("../../docs/plans.md", import.meta.url), "utf8");
    const example = /```yaml\n([^`]*)```/.exec(page)?.[1] ?? "";
    expect((await apply(example)).out).toMatch(/^iPhones: created /);
    expect((await apply(example)).out).toBe("iPhones: same\n");
  });

  it("says so when somebody else changed the plan meanwhile", async () => {
    let asked = 0;
    const between: typeof fetch = async (input, init) => {
      const mine = init?.method === "PATCH" && (asked += 1) === 2;
      if (mine) await place.run(["plan", "edit", (await phones())?.id ?? "", "--spread-hours", "2"]);
      return fetch(input, init);
    };
    const file = place.file("plans.yaml", `${FILE}noticeHours: 31\n`);
    const { code, err } = await place.run(["plan", "apply", file], { fetch: between });
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('plans.yaml, line 1: somebody changed "phones" meanwhile.'),
    ]);
    expect(await phones()).toMatchObject({ standing: { noticeHours: 24, spreadHours: 2 } });
  });

  it.each<[string, string, string]>([
    ["a field that no plan has", `${FILE}colour: red\n`, "plans.yaml, line 7: colour: no plan has this field."],
    ["YAML that is none", `${FILE}rings: [\n`, "plans.yaml, line "],
    ["a name twice", `${FILE}---\n${FILE}`, 'plans.yaml, line 8: "phones" is in the files twice'],
    ["a once plan", "name: x\nto: latest\naction: install\ndevices: [ONE]\n", "only a standing plan can be applied"],
    [
      "aliases of aliases",
      `a: &a [x, x]\n${Array.from({ length: 20 }, (_v, n) => `b${n}: &b${n} [${`*${n === 0 ? "a" : `b${n - 1}`},`.repeat(9)}]\n`).join("")}`,
      "the aliases of this document stand for too much",
    ],
  ])("refuses %s and writes nothing", async (_what, text, words) => {
    const before = place.kept();
    const { code, err } = await apply(text);
    expect([code, err]).toEqual([1, expect.stringContaining(words)]);
    expect(err).toContain("plan-file-invalid");
    expect(place.kept()).toEqual(before);
  });
});
