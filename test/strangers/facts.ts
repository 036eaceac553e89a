/** What strangers say of themselves. */
import type { Dict } from "./plist.ts";

export interface Facts extends Dict {
  readonly OSVersion: string;
  readonly BuildVersion: string;
}

/** 26.6.1 (23G83) is in the sample catalog for it. */
export const PHONE: Facts = {
  OSVersion: "26.5",
  BuildVersion: "23F77",
  ProductName: "iPhone15,2",
  IsSupervised: true,
  TimeZone: "UTC",
};

/** 26.6.2 (25G83) is in the sample catalog for it. */
export const MAC: Facts = {
  OSVersion: "26.5",
  BuildVersion: "25F70",
  ProductName: "Mac14,2",
  SoftwareUpdateDeviceID: "J413AP",
  IsSupervised: true,
};

/** It knows no question whether it is supervised. */
export const OLD_MAC: Facts = { OSVersion: "10.14.5", BuildVersion: "18F132", ProductName: "MacBookPro14,1" };

/** An error as a device gives it. */
export const failed = (...chain: readonly (readonly [domain: string, code: number, words: string])[]): Dict => ({
  Status: "Error",
  ErrorChain: chain.map(([ErrorDomain, ErrorCode, LocalizedDescription]) => ({
    ErrorDomain,
    ErrorCode,
    LocalizedDescription,
  })),
});
