import { describe, expect, it } from "vitest";
import type { Job } from "./job.ts";
import { interpret } from "./by-command/interpret.ts";
import { oddVersion } from "./odd-version.ts";

const job = { platform: "iOS", target: { version: "1.0", major: false } } as Job;
const toldBy = (OSVersion: unknown) =>
  interpret(
    job,
    "ask",
    {
      status: "Acknowledged",
      body: new Map([["QueryResponses", new Map(OSVersion === undefined ? [] : [["OSVersion", OSVersion as string]])]]),
      errorChain: [],
    },
    0,
  );

describe("an OS version", () => {
  it.each<[unknown, string | undefined]>([
    ["26.6.1", undefined],
    ["26", undefined],
    ["", undefined],
    [undefined, undefined],
    ["26.6.1 beta", "26.6.1 beta"],
    ["26.x", "26.x"],
    ["26.", "26."],
    [" 26.6", " 26.6"],
    ["1.2.3.4.5.6.7", "1.2.3.4.5.6.7"],
    ["9999999999.1", "9999999999.1"],
    ["X".repeat(5000), "X".repeat(100)],
  ])("%j is odd as %j", (said, odd) => {
    expect(oddVersion(said)).toBe(odd);
  });

  it.each(["26.6.1 beta", "1.2.3.4.5.6.7", "Sunrise"])("%s ends no job: it is said, and asked again", (said) => {
    expect(toldBy(said)).toEqual({
      kind: "hindered",
      blocker: { code: "version-unreadable", detail: said, errorChain: [] },
    });
  });

  it.each([undefined, ""])("that is missing or no text is another reason: %s", (said) => {
    expect(toldBy(said)).toMatchObject({ kind: "hindered", blocker: { code: "version-not-told" } });
  });
});
