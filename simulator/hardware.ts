/** The models the simulated devices are. */
import type { SimPlatform } from "./releases.ts";

/** The hardware facts a device reports. */
export interface Hardware {
  readonly platform: SimPlatform;
  /** Product type, for example `iPhone14,2`. */
  readonly productName: string;
  readonly modelName: string;
  /** `SoftwareUpdateDeviceID`: the board id of a Mac, the product type elsewhere. Apple TV has none. */
  readonly softwareUpdateDeviceId?: string;
  /** The board of an iPhone or iPad, which some releases tell in the place of the product type. */
  readonly board?: string;
  readonly appleSilicon?: boolean;
  /** The last major version there is for it; none is absent. */
  readonly lastMajor?: number;
}

export const iPhone: Hardware = {
  platform: "iOS",
  productName: "iPhone14,2",
  modelName: "iPhone 13 Pro",
  softwareUpdateDeviceId: "iPhone14,2",
  board: "D63AP",
};
export const iPad: Hardware = {
  platform: "iOS",
  productName: "iPad13,4",
  modelName: "iPad Pro 11-inch (3rd generation)",
  softwareUpdateDeviceId: "iPad13,4",
  board: "J517AP",
};
export const appleSiliconMac: Hardware = {
  platform: "macOS",
  productName: "Mac14,2",
  modelName: "MacBook Air (M2, 2022)",
  softwareUpdateDeviceId: "J413AP",
  appleSilicon: true,
};
export const intelMac: Hardware = {
  platform: "macOS",
  productName: "MacBookPro16,1",
  modelName: "MacBook Pro (16-inch, 2019)",
  softwareUpdateDeviceId: "J152FAP",
  appleSilicon: false,
};
export const appleTv: Hardware = {
  platform: "tvOS",
  productName: "AppleTV14,1",
  modelName: "Apple TV 4K (3rd generation)",
};

export const oldIPhone: Hardware = {
  platform: "iOS",
  productName: "iPhone6,1",
  modelName: "iPhone 5s",
  lastMajor: 12,
};
export const oldMac: Hardware = {
  platform: "macOS",
  productName: "MacBookPro11,4",
  modelName: "MacBook Pro (15-inch, 2015)",
  appleSilicon: false,
  lastMajor: 12,
};
export const silicon2021: Hardware = {
  platform: "macOS",
  productName: "MacBookPro18,3",
  modelName: "MacBook Pro (14-inch, 2021)",
  softwareUpdateDeviceId: "J314sAP",
  appleSilicon: true,
};
export const visionPro: Hardware = {
  platform: "visionOS",
  productName: "RealityDevice14,1",
  modelName: "Apple Vision Pro",
  softwareUpdateDeviceId: "RealityDevice14,1",
};
