import { describe, expect, it } from "vitest";
import { csvOfRows, LISTS } from "./csv-lists.ts";
import { run } from "./world.suite.ts";

describe("rows as CSV", () => {
  it("have a column for each field, those within objects behind a dot, and none is lost that only a later row has", () => {
    const rows = [
      { id: 1, device: { name: "=1+1", tags: ["a", "b"] }, at: null, on: true },
      { id: 2, extra: "x,y", list: [{ a: 1 }] },
    ];
    expect(csvOfRows(rows)).toBe(
      'id,device.name,device.tags,at,on,extra,list\r\n1,\'=1+1,a b,,true,,\r\n2,,,,,"x,y","[{""a"":1}]"\r\n',
    );
  });

  it("are no more than a heading where there is none", () => {
    expect(csvOfRows([])).toBe("\r\n");
  });
});

/** What a list is a list of. */
const OF: Readonly<Record<string, readonly string[]>> = { rollouts: ["plan-1"], "plan jobs": ["plan-1"] };

describe("--csv", () => {
  it.each([...LISTS])("of uptick %s has the rows of --json", async (path) => {
    const argv = [...path.split(" "), ...(OF[path] ?? [])];
    const json = await run([...argv, "--json"]);
    const csv = await run([...argv, "--csv"]);
    expect([csv.code, csv.err]).toEqual([0, ""]);
    const rows = json.out
      .trim()
      .split("\n")
      .flatMap((line) => (JSON.parse(line) as { rows: object[] }).rows);
    expect(csv.out).toBe(csvOfRows(rows));
    expect(rows.length).toBeGreaterThan(0);
    expect(csv.out.split("\r\n")[0]).toContain(Object.keys(rows[0] ?? {})[0]);
  });

  it("is refused by a command that does not list", async () => {
    const { code, err, asked } = await run(["plan", "show", "plan-1", "--csv"]);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain("--csv");
  });
});
