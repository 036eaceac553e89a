import { describe, expect, it } from "vitest";
import { platformOf } from "./index.ts";

describe("platform of a device", () => {
  it.each([
    ["iPhone14,2", "iOS"],
    ["iPad8,12", "iOS"],
    ["iPod9,1", "iOS"],
    ["AppleTV11,1", "tvOS"],
    ["RealityDevice14,1", "visionOS"],
    ["Watch6,1", "watchOS"],
    ["Mac14,2", "macOS"],
    ["MacBookPro16,1", "macOS"],
    ["MacBookAir10,1", "macOS"],
    ["Macmini9,1", "macOS"],
    ["MacPro7,1", "macOS"],
    ["iMac21,1", "macOS"],
    ["iMacPro1,1", "macOS"],
    ["VirtualMac2,1", "macOS"],
    ["AudioAccessory5,1", undefined],
    ["Macintosh", undefined],
  ])("of %s is %s", (productName, platform) => {
    expect(platformOf({ productName })).toBe(platform);
  });

  it("is taken from the model where the product name tells nothing", () => {
    expect(platformOf({ model: "MacBookPro16,1" })).toBe("macOS");
    expect(platformOf({ productName: "iPhone14,2", model: "MLPF3LL/A" })).toBe("iOS");
    expect(platformOf({ productName: "", model: "Mac14,2" })).toBe("macOS");
    expect(platformOf({})).toBeUndefined();
  });
});
