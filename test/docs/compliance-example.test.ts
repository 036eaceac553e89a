/** The example of docs/compliance.md is what the program prints. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { run } from "../../src/cli/world.suite.ts";
import { counted, device, summary } from "../../src/http/admin/fake-rows.suite.ts";
import { causeOf, remedyOf } from "../../src/words/index.ts";

const DOCS = new URL("../../docs/compliance.md", import.meta.url);

const reason = (kind: "waiting-person" | "no-plan", code: string) => ({
  class: kind,
  reason: code,
  sentence: causeOf(code, {}),
  remedy: remedyOf(code) ?? null,
  devices: 2,
});
const NAMES: Readonly<Record<string, readonly (readonly [name: string, serial: string])[]>> = {
  "waiting-person": [
    ["Front desk", "C02AAAAAAAAA"],
    ["Room 4", "C02BBBBBBBBB"],
  ],
  "no-plan": [
    ["Lab 1", "F4GAAAAAAAAA"],
    ["Lab 2", "F4GBBBBBBBBB"],
  ],
};

it("uptick behind prints the example of docs/compliance.md", async () => {
  const reasons = [reason("waiting-person", "insufficient-space"), reason("no-plan", "nothing-governs")];
  const { out, code } = await run(["behind"], {
    "devices.compliance": async () => ({ ...summary, ...counted, devices: 12, reasons }),
    "devices.list": async ({ class: kind = "" }) => ({
      rows: (NAMES[kind] ?? []).map(([name, serial]) => ({ ...device, name, serial })),
      next: null,
    }),
  });
  expect(code).toBe(3);
  expect(/```text\n([^`]*)```/.exec(readFileSync(DOCS, "utf8"))?.[1]).toBe(out);
});
