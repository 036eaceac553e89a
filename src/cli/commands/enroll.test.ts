import { describe, expect, it } from "vitest";
import { link } from "../../http/admin/fake-rows.suite.ts";
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

  it("has a default file name, prints to stdout for --out -, and writes no file for --json alone", async () => {
    expect([...(await run(["enroll"])).written.keys()]).toEqual(["uptick-enrollment.mobileconfig"]);
    const piped = await run(["enroll", "--out", "-"]);
    expect([piped.written.size, piped.out.slice(0, 1)]).toEqual([0, "0"]);
    const asJson = await run(["enroll", "--json"]);
    expect(asJson.written.size).toBe(0);
    expect(JSON.parse(asJson.out)).toMatchObject({ profile: "MIL/AA==", uses: 1 });
  });

  it.each([["profile.mobileconfig"], ["-"]])(
    "says what an iPhone needs where the server's own CA issues the TLS certificate: --out %s",
    async (out) => {
      const made = { profile: Uint8Array.of(0x30), uses: 1, expiresAt: 0, publiclyTrusted: false };
      const own = await run(["enroll", "--out", out], { "enrollment.enroll": async () => made });
      expect(out === "-" ? own.err : own.out).toContain("Settings > General > About > Certificate Trust Settings");
      const trusted = await run(["enroll", "--out", out]);
      expect(trusted.out + trusted.err).not.toContain("Certificate Trust Settings");
    },
  );
});

describe("enroll link", () => {
  it("prints the link alone to stdout, and to people how long it is good and how to end it", async () => {
    const { code, out, err, asked } = await run(["enroll", "link", "--uses", "30", "--hours", "8", "--note", "3b"]);
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "enrollment.addLink", args: [{ uses: 30, hours: 8, note: "3b" }] }]);
    expect(out).toBe("https://mdm.example.org/enroll/made-once\n");
    expect(err).toContain("Good for 30 devices until 2026-08-21 20:00:00Z (in 8 h)");
    expect(err).toContain("uptick enroll revoke link-1");
    expect(err).not.toContain("Safari warns");
  });

  it("takes its options on either side", async () => {
    const { asked } = await run(["enroll", "--uses", "5", "link", "--hours", "2"]);
    expect(asked).toEqual([{ method: "enrollment.addLink", args: [{ uses: 5, hours: 2 }] }]);
  });

  it("shows in its help no option that is not its own", async () => {
    const { out } = await run(["enroll", "link", "--help"]);
    expect(out).toContain("--json");
    expect(out).not.toMatch(/--out|--device/);
    expect(out.match(/--uses <n>/g)).toHaveLength(1);
  });

  it("sends nothing that was not said", async () => {
    expect((await run(["enroll", "link"])).asked).toEqual([{ method: "enrollment.addLink", args: [{}] }]);
  });

  it("says that browsers warn where they do", async () => {
    const url = "https://mdm.example.org/enroll/x";
    const { err } = await run(["enroll", "link"], {
      "enrollment.addLink": async () => ({ ...link, url, publiclyTrusted: false }),
    });
    expect(err).toContain("Safari warns");
  });

  it("prints the API's JSON and nothing else with --json", async () => {
    const { out, err } = await run(["enroll", "link", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ url: "https://mdm.example.org/enroll/made-once", uses: 1 });
    expect(err).toBe("");
  });

  it.each([
    ["a file for a link", ["enroll", "link", "--out", "x"], "link does not take --out"],
    ["a device for a link", ["enroll", "--device", "x", "link"], "link does not take --device"],
    ["a note for revoke", ["enroll", "revoke", "link-1", "--note", "x"], "revoke does not take --note"],
    ["uses for links", ["enroll", "links", "--uses", "5"], "links does not take --uses"],
    ["no number", ["enroll", "link", "--uses", "many"], "whole number"],
    ["a word that is no command", ["enroll", "lnik"], "too many arguments"],
    ["revoke of nothing", ["enroll", "revoke"], "id"],
  ])("ends with 2 and asks nothing for %s", async (_what, argv, words) => {
    const { code, err, asked } = await run(argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(words);
  });
});

describe("enroll links", () => {
  it("shows state, uses and note of each, and no control reaches the terminal", async () => {
    const { out } = await run(["enroll", "links"], {
      "enrollment.links": async () => ({
        rows: [link, { ...link, id: "link-2", state: "revoked", note: "\u001b[2J" }],
        next: null,
      }),
    });
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^ID +STATE +USED +DOWNLOADS +MADE +BY +ENDS +NOTE$/);
    expect(lines[1]).toMatch(/^link-1 +open +4 of 30 +9 +2 h ago +token:tests +in 6 h +lab 3$/);
    expect(lines[2]).toContain("\\u{1b}[2J");
  });
});

describe("enroll revoke", () => {
  it("says how many devices have enrolled with the link", async () => {
    const { code, out, asked } = await run(["enroll", "revoke", "link-1"]);
    expect([code, asked]).toEqual([0, [{ method: "enrollment.revokeLink", args: ["link-1"] }]]);
    expect(out).toBe("The link link-1 is revoked; 4 devices had enrolled with it.\n");
  });
});
