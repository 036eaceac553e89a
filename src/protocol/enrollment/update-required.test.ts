import { describe, expect, it } from "vitest";
import { PLATFORMS, type RequiredRelease, requiredText, takesUpdateRequired, updateRequired } from "../index.ts";

const WORDS = { description: "for the log", message: "for a person: „Ü“ \"<&>'" };
const written = (release: RequiredRelease): unknown => JSON.parse(updateRequired(release, WORDS));

describe("the 403 that asks for an update (targets E5)", () => {
  it("targets E5: names the version as Apple lists it, without a build", () => {
    expect(written({ version: "26.6" })).toEqual({
      code: "com.apple.softwareupdate.required",
      ...WORDS,
      details: { OSVersion: "26.6" },
    });
  });

  it("targets E5: of an improvement, OSVersion has the letter and BuildVersion the supplemental build", () => {
    const release = { version: "26.3.1", improvement: { letter: "a", build: "25D771280a" } };
    expect(written(release)).toMatchObject({ details: { OSVersion: "26.3.1 (a)", BuildVersion: "25D771280a" } });
    expect(requiredText(release)).toBe("26.3.1 (a)");
  });

  it("targets E2.2: is taken by iPhones, iPads, Macs and Apple Vision, not by Apple TVs and Watches", () => {
    expect(PLATFORMS.filter(takesUpdateRequired)).toEqual(["iOS", "macOS", "visionOS"]);
  });
});
