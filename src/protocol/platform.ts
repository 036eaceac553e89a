/** Apple's platforms as the schema files name them; iPadOS is iOS there. */
export type Platform = "iOS" | "macOS" | "tvOS" | "visionOS" | "watchOS";

export const PLATFORMS: readonly Platform[] = ["iOS", "macOS", "tvOS", "visionOS", "watchOS"];

/** The platform that a person writes, in any case; "mac" is macOS. iPadOS is no platform: it is iOS on an iPad. */
export function platformNamed(text: string): Platform | undefined {
  const wanted = text.trim().toLowerCase();
  return PLATFORMS.find((platform) => platform.toLowerCase() === (wanted === "mac" ? "macos" : wanted));
}

const FAMILIES: readonly (readonly [RegExp, Platform])[] = [
  [/^(iPhone|iPad|iPod)\d/, "iOS"],
  [/^AppleTV\d/, "tvOS"],
  [/^RealityDevice\d/, "visionOS"],
  [/^Watch\d/, "watchOS"],
  [/^(Mac|MacBook|MacBookAir|MacBookPro|Macmini|MacPro|iMac|iMacPro|VirtualMac|Xserve)\d/, "macOS"],
];

/**
 * The platform of a device by its hardware identifier, e.g. "iPad8,12" or "Mac14,2"; undefined when we don't know it.
 * ProductName is asked first; Model only then, since on iOS it is an order number and on older Macs the identifier.
 * Source: mdm/checkin/authenticate.yaml (ProductName, Model), mdm/commands/information.device.yaml (ProductName).
 */
export function platformOf(device: {
  readonly productName?: string | undefined;
  readonly model?: string | undefined;
}): Platform | undefined {
  for (const name of [device.productName, device.model]) {
    if (name === undefined) continue;
    for (const [pattern, platform] of FAMILIES) if (pattern.test(name)) return platform;
  }
  return undefined;
}
