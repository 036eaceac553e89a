import { describe, expect, it } from "vitest";
import { UptickError } from "../../errors/index.ts";
import { run } from "../world.suite.ts";

describe("enroll", () => {
  it("writes the profile and says how long it is good", async () => {
    const { out, written, asked } = await run([
      "enroll",
      "--uses",
      "30",
      "--hours",
      "8",
      "--note",
      "lab 3",
      "--out",
      "lab",
    ]);
    expect(asked[0]?.args).toEqual([{ uses: 30, hours: 8, note: "lab 3" }]);
    expect(written.get("lab")).toEqual(Buffer.from([0x30, 0x82, 0xff, 0x00]));
    expect(out).toContain("good for 30 devices until 2026-08-21 20:00:00Z (in 8 h)");
  });

  it("has a file name of its own, prints to stdout when told, and writes no file for --json alone", async () => {
    expect([...(await run(["enroll"])).written.keys()]).toEqual(["uptick-enrollment.mobileconfig"]);
    const piped = await run(["enroll", "--out", "-"]);
    expect([piped.written.size, piped.out.slice(0, 1)]).toEqual([0, "0"]);
    const asJson = await run(["enroll", "--json"]);
    expect(asJson.written.size).toBe(0);
    expect(JSON.parse(asJson.out)).toMatchObject({ profile: "MIL/AA==", uses: 1 });
  });

  it("passes on what is missing", async () => {
    const { code, err } = await run(["enroll"], {
      enroll: () => Promise.reject(new UptickError("not-ready", "No public URL.", { remedy: "Set public-url." })),
    });
    expect(code).toBe(1);
    expect(err).toMatch(/No public URL\.\n.*not-ready\n.*Set public-url\./);
  });
});
