/** The demo's own small feed, in the shape of Apple's: releases of August 2026 for the models the demo uses. */

const entry = (version: string, build: string, posted: string, devices: readonly string[]) => ({
  ProductVersion: version,
  Build: build,
  PostingDate: posted,
  ExpirationDate: "2026-11-20",
  SupportedDevices: devices,
});

type Sets = Readonly<Record<"iOS" | "macOS" | "visionOS", readonly unknown[]>>;

const MOBILE = ["iPad13,4", "iPad16,3", "iPhone14,2", "iPhone15,2", "iPhone17,1"];
const TV = ["AppleTV11,1", "AppleTV14,1"];
const VISION = ["RealityDevice14,1"];
const MAC = ["J152FAP", "J314sAP", "J413AP"];

/** When Apple served the list that the sample is taken from (ms UTC): no posting date in it is later. */
export const SAMPLE_SERVED_AT = Date.UTC(2026, 7, 22, 12);

export function sampleLookupService(): { readonly [List in "PublicAssetSets" | "AssetSets"]: Sets } {
  const newest = {
    iOS: [entry("26.6.1", "23G83", "2026-08-17", MOBILE), entry("26.6.1", "23G6083", "2026-08-17", MOBILE)],
    macOS: [
      entry("15.7.9", "24G830", "2026-08-06", ["J152FAP", "J314sAP"]),
      entry("26.6.2", "25G83", "2026-08-17", MAC),
    ],
    visionOS: [entry("26.6.1", "23O780", "2026-08-17", VISION)],
  };
  return {
    PublicAssetSets: newest,
    AssetSets: {
      iOS: [
        entry("26.5.2", "23F84", "2026-06-29", MOBILE),
        entry("26.6", "23G71", "2026-07-27", MOBILE),
        ...newest.iOS,
        entry("12.5.8", "16H88", "2026-05-18", ["iPhone6,1"]),
        entry("26.6", "23L773", "2026-07-27", TV),
        entry("26.6", "23L6773", "2026-07-27", TV),
      ],
      macOS: [
        entry("15.7.7", "24G720", "2026-05-18", ["J152FAP", "J314sAP"]),
        entry("26.5.2", "25F84", "2026-06-29", MAC),
        ...newest.macOS,
        entry("26.6.1", "25G76", "2026-08-06", MAC),
      ],
      visionOS: [entry("26.6", "23O770", "2026-07-27", VISION), ...newest.visionOS],
    },
  };
}
