import { describe, expect, it } from "vitest";
import type { Platform } from "../../protocol/index.ts";
import { type Mechanism, mechanismFor, type MechanismFacts, type Wanted } from "./mechanism.ts";

/**
 * Platform, versions of the range, by what a plan with a deadline and one for "now" tell a supervised device.
 * Source: the supportedOS of mdm/commands/system.update.*.yaml and softwareupdate.enforcement.specific.yaml, to 27.2.
 */
const MATRIX: readonly (readonly [Platform, readonly string[], deadline: string, now: string])[] = [
  ["iOS", ["8.4.1"], "os-too-old", "os-too-old"],
  ["iOS", ["9.0", "10.3.4", "11.2.6"], "command product-key", "command product-key"],
  ["iOS", ["11.3", "12.5.7", "15.8", "16.7.12"], "command product-version", "command product-version"],
  ["iOS", ["17.0", "18.7.8", "26.0", "26.6.1"], "declaration", "command product-version"],
  ["iOS", ["27.0", "27.1", "27.2"], "declaration", "declaration"],
  ["macOS", ["10.10.5"], "os-too-old", "os-too-old"],
  ["macOS", ["10.11", "10.14.6", "10.15", "11.7.11"], "command product-key", "command product-key"],
  ["macOS", ["12.0", "13.7.8"], "command product-version", "command product-version"],
  ["macOS", ["14.0", "15.7.9", "26.6.2"], "declaration", "command product-version"],
  ["macOS", ["27.0", "27.2"], "declaration", "declaration"],
  ["tvOS", ["11.4"], "os-too-old", "os-too-old"],
  ["tvOS", ["12.0", "12.1.2"], "command product-key", "command product-key"],
  ["tvOS", ["12.2", "16.0", "18.3"], "command product-version", "command product-version"],
  ["tvOS", ["18.4", "26.6"], "declaration", "command product-version"],
  ["tvOS", ["27.0", "27.2"], "declaration", "declaration"],
  ["visionOS", ["1.0", "1.1", "2.6"], "platform-without-command", "platform-without-command"],
  ["visionOS", ["26.0", "27.2"], "declaration", "declaration"],
  // targets W1: a watch is told in no way.
  ["watchOS", ["10.0", "26.6", "27.0"], "platform-without-command", "platform-without-command"],
];
const CASES = MATRIX.flatMap(([platform, versions, ...ways]) =>
  versions.map((osVersion) => [platform, osVersion, ...ways] as const),
);

const able = { supervised: true, enrollment: "device", accessRights: 8191, enforces: true } as const;
const BY_DEADLINE: Wanted = { action: "install", others: false, improvement: false, now: false };
const NOW: Wanted = { ...BY_DEADLINE, now: true };

function way(mechanism: Mechanism): string {
  if (mechanism.kind === "none") return mechanism.reason;
  return mechanism.kind === "command" ? `command ${mechanism.identify}` : "declaration";
}

describe("the choice of mechanism", () => {
  it.each(CASES)("%s %s: %s by a deadline, %s now", (platform, osVersion, deadline, now) => {
    expect(way(mechanismFor({ ...able, platform, osVersion }, BY_DEADLINE))).toBe(deadline);
    expect(way(mechanismFor({ ...able, platform, osVersion }, NOW))).toBe(now);
  });

  it.each(CASES)("%s %s can't be told in a user enrollment", (platform, osVersion) => {
    const facts: MechanismFacts = { ...able, platform, osVersion, enrollment: "user" };
    for (const wanted of [BY_DEADLINE, NOW]) expect(way(mechanismFor(facts, wanted))).toBe("user-enrollment");
  });

  const byCommand = CASES.filter(([, , , now]) => now.startsWith("command"));
  it.each(byCommand)(
    "%s %s takes commands only when supervised and with the right",
    (platform, osVersion, deadline) => {
      const facts = { ...able, platform, osVersion, enforces: false };
      expect(way(mechanismFor({ ...facts, supervised: false }, NOW))).toBe("not-supervised");
      // Macs are asked whether they are supervised from 10.15 on; before, not to know it is no reason.
      const can = !(platform === "macOS" && /^10\.1[1-4](\.|$)/.test(osVersion));
      const unknown = way(mechanismFor({ ...facts, supervised: undefined }, NOW));
      expect(unknown).toBe(can ? "supervision-unknown" : way(mechanismFor(facts, NOW)));
      const without = way(mechanismFor({ ...facts, accessRights: 8191 - 4096 }, NOW));
      expect(without).toBe(platform === "macOS" ? way(mechanismFor(facts, NOW)) : "right-missing");
      expect(way(mechanismFor({ ...facts, accessRights: undefined }, NOW))).toMatch(/^command/);
      // Where the device does not list the declaration, the command is what remains.
      const because = deadline === "declaration" ? "declarations-not-listed" : "os-before-declarations";
      expect(mechanismFor(facts, BY_DEADLINE)).toMatchObject({ kind: "command", because });
    },
  );

  const declared = CASES.filter(([, , deadline]) => deadline === "declaration");
  it.each(declared)("%s %s accepts declarations unsupervised, except Macs", (platform, osVersion) => {
    for (const wanted of [BY_DEADLINE, NOW]) {
      const mechanism = mechanismFor({ ...able, platform, osVersion, supervised: false }, wanted);
      expect(way(mechanism)).toBe(platform === "macOS" ? "not-supervised" : "declaration");
    }
  });

  it.each(declared)("%s %s that has not reported yet is waited for", (platform, osVersion) => {
    const mechanism = mechanismFor({ ...able, platform, osVersion, enforces: undefined }, BY_DEADLINE);
    const commands = platform !== "visionOS" && Number.parseInt(osVersion, 10) < 27;
    expect(mechanism).toMatchObject({
      kind: "declaration",
      reported: false,
      ...(commands ? { otherwise: "product-version" } : {}),
    });
    expect("otherwise" in mechanism).toBe(commands);
  });

  it("never has a command to go back to for an improvement", () => {
    const facts = { ...able, platform: "macOS", osVersion: "26.3.1", enforces: undefined } as const;
    expect(mechanismFor(facts, { ...BY_DEADLINE, improvement: true })).not.toHaveProperty("otherwise");
    expect(way(mechanismFor({ ...facts, enforces: false }, { ...NOW, improvement: true }))).toBe(
      "declarations-not-listed",
    );
  });

  it.each([
    [{ action: "download", others: false, improvement: false, now: false }, "26.6", "command product-version"],
    [{ action: "force-restart", others: false, improvement: false, now: false }, "26.6", "command product-version"],
    [{ action: "install", others: true, improvement: false, now: false }, "26.6", "command product-version"],
    [{ action: "download", others: false, improvement: false, now: false }, "27.0", "action-needs-command"],
    // Only a declaration can name an improvement, at once too, and whatever a command could do.
    [{ action: "install", others: false, improvement: true, now: true }, "26.3.1", "declaration"],
    [{ action: "install", others: false, improvement: true, now: true }, "13.6", "improvement-needs-declaration"],
    [{ action: "download", others: false, improvement: true, now: true }, "26.3.1", "action-needs-command"],
  ] as const)("%o of a Mac on %s: %s", (wanted, osVersion, expected) => {
    expect(way(mechanismFor({ ...able, platform: "macOS", osVersion }, wanted))).toBe(expected);
  });

  it("names its reason", () => {
    const because = (facts: Partial<MechanismFacts>, wanted: Wanted): string => {
      const mechanism = mechanismFor({ ...able, platform: "iOS", osVersion: "26.6", ...facts }, wanted);
      return mechanism.kind === "none" ? "none" : mechanism.because;
    };
    expect(because({}, BY_DEADLINE)).toBe("declarations-preferred");
    expect(because({}, NOW)).toBe("now-by-command");
    expect(because({ osVersion: "16.7" }, BY_DEADLINE)).toBe("os-before-declarations");
    expect(because({ osVersion: "27.0" }, NOW)).toBe("only-declarations");
    expect(because({ supervised: false }, NOW)).toBe("commands-not-allowed");
    expect(because({}, { ...NOW, action: "download" })).toBe("action-by-command");
  });
});
