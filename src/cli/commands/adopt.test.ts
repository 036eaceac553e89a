import { describe, expect, it } from "vitest";
import { device, pending, waiting } from "../../http/admin/fake-rows.suite.ts";
import type { WaitingDevice } from "../../contract/index.ts";
import { run } from "../world.suite.ts";

const second: WaitingDevice = {
  ...waiting,
  id: "0198c000-0000-7000-8000-000000000002",
  serial: "SERIAL2",
  enrollment: "quarantined",
  certificates: [{ ...pending, fingerprint: "aa".repeat(32) }],
};
const several: WaitingDevice = {
  ...waiting,
  id: "0198c000-0000-7000-8000-000000000003",
  serial: "SERIAL3",
  certificates: [pending, { ...pending, fingerprint: "bb".repeat(32) }],
};
const list = { "devices.waiting": async () => ({ rows: [waiting, second, several], next: null }) };
const wanted = [
  { ref: waiting.id, certificate: pending.fingerprint },
  { ref: second.id, certificate: "aa".repeat(32) },
];

describe("adopt", () => {
  it("adopts one device", async () => {
    const { code, out, asked } = await run(["adopt", "SERIAL1"]);
    expect([code, asked]).toEqual([0, [{ method: "devices.adopt", args: ["SERIAL1", undefined] }]]);
    expect(out).toContain("is enrolled");
  });

  it("adopts the certificate that is named", async () => {
    const { asked } = await run(["adopt", "SERIAL1", "--certificate", pending.fingerprint]);
    expect(asked[0]?.args).toEqual(["SERIAL1", pending.fingerprint]);
  });

  it("adopts several, says what became of each, and fails when one was not adopted", async () => {
    const done = { ref: "SERIAL1", id: device.id, name: device.name, certificate: null, remedy: null } as const;
    const { code, out, err, asked } = await run(["adopt", "SERIAL1", "nobody"], {
      "devices.adoptAll": async () => ({
        dryRun: false,
        counts: { adopted: 1, "device-unknown": 1 },
        rows: [
          { ...done, outcome: "adopted", sentence: "This certificate was adopted." },
          {
            ...done,
            ref: "nobody",
            id: null,
            name: null,
            outcome: "device-unknown",
            sentence: "No such.",
            remedy: "Look.",
          },
        ],
      }),
    });
    expect([code, asked[0]?.args]).toEqual([1, [{ devices: [{ ref: "SERIAL1" }, { ref: "nobody" }] }]]);
    expect(out).toBe("Room 4 / left (SERIAL1): adopted\nnobody: not adopted. No such. Look.\n");
    expect(err).toContain("1 device of 2 cannot be adopted.");
  });

  it("shows everything that waits, asks, and adopts exactly what it has shown; several of one device are left out", async () => {
    const questions: string[] = [];
    const ask = async (question: string): Promise<string> => (questions.push(question), "y");
    const { code, out, asked } = await run(["adopt", "--all"], list, { ask });
    expect([code, asked[1]]).toEqual([0, { method: "devices.adoptAll", args: [{ devices: wanted }] }]);
    for (const words of [
      "SERIAL1",
      "SERIAL2",
      "not known here",
      "another certificate",
      pending.fingerprint,
      pending.subject,
    ])
      expect(out).toContain(words);
    expect(out).toContain(`choose with uptick adopt ${several.id} --certificate FINGERPRINT`);
    expect(questions).toEqual([expect.stringContaining("Adopt 2 devices")]);
  });

  it("adopts nothing without a confirmation, and says so when it can't ask", async () => {
    const no = await run(["adopt", "--all"], list, { ask: async () => "" });
    expect([no.code, no.asked.map(({ method }) => method)]).toEqual([0, ["devices.waiting"]]);
    const nobody = await run(["adopt", "--all"], list);
    expect([nobody.code, nobody.asked.map(({ method }) => method)]).toEqual([1, ["devices.waiting"]]);
    expect(nobody.err).toContain("--yes");
    const yes = await run(["adopt", "--all", "--yes"], list);
    expect([yes.code, yes.asked.map(({ method }) => method)]).toEqual([0, ["devices.waiting", "devices.adoptAll"]]);
  });

  it("changes nothing in a dry run", async () => {
    const all = await run(["adopt", "--all", "--dry-run"], list);
    expect([all.code, all.asked.map(({ method }) => method)]).toEqual([0, ["devices.waiting"]]);
    const one = await run(["adopt", "SERIAL1", "--dry-run"]);
    expect(one.asked).toEqual([{ method: "devices.tryAdoptAll", args: [{ devices: [{ ref: "SERIAL1" }] }] }]);
    expect(one.out).toContain("would be adopted");
  });

  it.each([[[]], [["--all", "SERIAL1"]], [["A", "B", "--certificate", pending.fingerprint]]])(
    "asks for devices or --all: %j",
    async (args) => {
      const { code, err } = await run(["adopt", ...args]);
      expect(code).toBe(2);
      expect(err).toContain("Name devices, or give --all");
    },
  );
});
