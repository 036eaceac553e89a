/** docs/metrics.md lists each metric as the server gives it, and its alerts name no other. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Metric, PROCESS_METRICS, STORE_METRICS } from "../../src/metrics/index.ts";

const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
const METRICS: readonly Metric[] = Object.values({ ...PROCESS_METRICS, ...STORE_METRICS });

const rowOf = ({ name, type, labels, help }: Metric): string =>
  `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`;

describe("docs/metrics.md", () => {
  it("has a row for each metric, and for nothing else", () => {
    expect(page.split("\n").filter((line) => line.startsWith("| `"))).toEqual(METRICS.map(rowOf));
  });

  it("has alerts that are YAML and name no metric and no label that the server does not give", () => {
    const [, block = ""] = /## Alerts[^]*?```yaml\n([^]*?)```/.exec(page) ?? [];
    const { groups } = parse(block) as { groups: { rules: { alert: string; expr: string }[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(2);
    const known = new Map(METRICS.map(({ name, labels }) => [name, labels]));
    for (const { expr } of rules) {
      for (const [, name = "", filter = ""] of expr.matchAll(/\b(uptick_[a-z_]+)(?:\{([^}]*)\})?/g)) {
        expect(known.has(name)).toBe(true);
        for (const [, label = ""] of filter.matchAll(/([a-z_]+)(?:=|!=)/g)) expect(known.get(name)).toContain(label);
      }
    }
  });
});

describe("the table of metrics", () => {
  it.each(METRICS)("$name is named by Prometheus' conventions", ({ name, type, help, labels }) => {
    expect(name).toMatch(/^uptick_[a-z]+(?:_[a-z]+)*$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    expect(help).toMatch(/\.$/);
    expect(labels.every((label) => /^[a-z_]+$/.test(label) && label !== "le")).toBe(true);
  });
});
