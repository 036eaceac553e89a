import { describe, expect, it } from "vitest";
import { propertyFiles } from "./search-properties.ts";

describe("the search for failing properties", () => {
  it("runs every test file that imports fast-check, and no other", () => {
    const files = propertyFiles();
    expect(files).toContain("src/protocol/declarations/merge-status.test.ts");
    expect(files).toContain("test/properties/seed.test.ts");
    expect(files.filter((file) => !file.endsWith(".test.ts"))).toEqual([]);
    expect(files).not.toContain("test/hostile/search-properties.test.ts");
  });
});
