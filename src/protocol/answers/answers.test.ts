import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeAvailableOSUpdates,
  decodeDeviceInformation,
  decodeOSUpdateStatus,
  decodeScan,
  decodeSecurityInfo,
  decodeUpdateResults,
  KNOWN_UPDATE_STATUSES,
  type PlistValue,
  UPDATE_STATUS_CLASS,
} from "../index.ts";

const dict = (entries: Record<string, PlistValue>): Map<string, PlistValue> => new Map(Object.entries(entries));
const none = new Map();

describe("UpdateResults", () => {
  it("tell what the device scheduled and how it stands", () => {
    const body = dict({
      UpdateResults: [
        dict({
          ProductKey: "MSU_UPDATE_25G83_patch_26.6.2_minor",
          InstallAction: "Error",
          Status: "DownloadInsufficientSpace",
          ErrorChain: [dict({ ErrorCode: 12054n, ErrorDomain: "MCMDMErrorDomain" })],
        }),
      ],
    });
    expect(decodeUpdateResults(body)).toEqual([
      {
        productKey: "MSU_UPDATE_25G83_patch_26.6.2_minor",
        installAction: "Error",
        status: "DownloadInsufficientSpace",
        errorChain: [{ code: 12054, domain: "MCMDMErrorDomain" }],
        extra: none,
      },
    ]);
  });

  it("keep values, keys and items we don't know", () => {
    const items = [
      dict({ Status: "UpdateAvailable", InstallAction: "Default", New: 1n, ProductKey: 5n }),
      "odd",
      dict({ New: 1n }),
    ];
    expect(decodeUpdateResults(dict({ UpdateResults: items }))).toEqual([
      {
        status: { unknown: "UpdateAvailable" },
        installAction: { unknown: "Default" },
        extra: dict({ New: 1n, ProductKey: 5n }),
      },
      { malformed: "odd", extra: none },
      { malformed: dict({ New: 1n }), extra: none },
    ]);
  });

  it("are undefined when absent, and kept when they are no list", () => {
    expect(decodeUpdateResults(none)).toBeUndefined();
    expect(decodeUpdateResults(dict({ UpdateResults: [] }))).toEqual([]);
    expect(decodeUpdateResults(dict({ UpdateResults: true }))).toEqual([{ malformed: true, extra: none }]);
    expect(decodeUpdateResults(dict({ UpdateResults: dict({ Status: "Idle" }) }))).toEqual([
      { status: "Idle", extra: none },
    ]);
  });

  it("have a class for every status", () => {
    expect(KNOWN_UPDATE_STATUSES).toHaveLength(12);
    expect(UPDATE_STATUS_CLASS.Idle).toBe("indeterminate");
    expect(UPDATE_STATUS_CLASS.DownloadRequiresComputer).toBe("terminal");
    expect(UPDATE_STATUS_CLASS.InstallInsufficientSpace).toBe("needs-user");
  });
});

describe("OSUpdateStatus", () => {
  it("tells progress, deferrals and times", () => {
    const when = new Date(Date.UTC(2026, 5, 30, 22));
    const item = dict({
      ProductKey: "iOSUpdate23G80",
      IsDownloaded: false,
      DownloadPercentComplete: { real: 0.25 },
      Status: "Downloading",
      MaxDeferrals: 3n,
      DeferralsRemaining: 2n,
      NextScheduledInstall: when,
      PastNotifications: [when],
    });
    expect(decodeOSUpdateStatus(dict({ OSUpdateStatus: [item] }))).toEqual([
      {
        productKey: "iOSUpdate23G80",
        isDownloaded: false,
        downloadPercentComplete: 0.25,
        status: "Downloading",
        maxDeferrals: 3,
        deferralsRemaining: 2,
        nextScheduledInstall: when.getTime(),
        pastNotifications: [when.getTime()],
        extra: none,
      },
    ]);
  });

  it("takes a whole number for the progress, and keeps what has another type", () => {
    const item = dict({
      DownloadPercentComplete: 1n,
      Status: "Preparing",
      IsDownloaded: "yes",
      PastNotifications: ["x"],
    });
    for (const [written, read] of [
      [0n, false],
      [1n, true],
      [2n, undefined],
      [-1n, undefined],
    ] as const)
      expect(
        decodeOSUpdateStatus(dict({ OSUpdateStatus: [dict({ Status: "Idle", IsDownloaded: written })] })),
      ).toMatchObject([
        read === undefined ? { extra: dict({ IsDownloaded: written }) } : { isDownloaded: read, extra: none },
      ]);
    expect(decodeOSUpdateStatus(dict({ OSUpdateStatus: [item] }))).toEqual([
      {
        downloadPercentComplete: 1,
        status: { unknown: "Preparing" },
        extra: dict({ IsDownloaded: "yes", PastNotifications: ["x"] }),
      },
    ]);
    expect(decodeOSUpdateStatus(none)).toBeUndefined();
  });
});

describe("AvailableOSUpdates", () => {
  it("list what the device offers", () => {
    const item = dict({
      ProductKey: "MSU_UPDATE_25G83_patch_26.6.2_minor",
      HumanReadableName: "macOS 26.6.2",
      Version: "26.6.2",
      Build: "25G83",
      DownloadSize: 1_500_000_000n,
      IsMajorOSUpdate: false,
      AppIdentifiersToClose: [],
      DeferredUntil: new Date(Date.UTC(2026, 6, 1)),
      IsSecurityResponse: false,
    });
    expect(decodeAvailableOSUpdates(dict({ AvailableOSUpdates: [item] }))).toEqual([
      {
        productKey: "MSU_UPDATE_25G83_patch_26.6.2_minor",
        humanReadableName: "macOS 26.6.2",
        version: "26.6.2",
        build: "25G83",
        downloadSize: 1_500_000_000,
        isMajorOSUpdate: false,
        appIdentifiersToClose: [],
        deferredUntil: Date.UTC(2026, 6, 1),
        isSecurityResponse: false,
        extra: none,
      },
    ]);
    expect(
      decodeAvailableOSUpdates(dict({ AvailableOSUpdates: [dict({ DownloadSize: 2n ** 60n, Build: "25G83" })] })),
    ).toEqual([{ build: "25G83", extra: dict({ DownloadSize: 2n ** 60n }) }]);
  });
});

describe("other answers", () => {
  it("ScanInitiated is read in both spellings", () => {
    expect(decodeScan(dict({ ScanInitiated: true }))).toEqual({ scanInitiated: true });
    expect(decodeScan(dict({ ScanInititated: false }))).toEqual({ scanInitiated: false });
    expect(decodeScan(dict({ ScanInitiated: "yes" }))).toEqual({});
  });

  it("DeviceInformation and SecurityInfo are the dictionaries of their keys", () => {
    expect(decodeDeviceInformation(dict({ QueryResponses: dict({ OSVersion: "26.6.2" }) }))).toEqual(
      dict({ OSVersion: "26.6.2" }),
    );
    expect(decodeSecurityInfo(dict({ SecurityInfo: dict({ FDE_Enabled: true }) }))).toEqual(
      dict({ FDE_Enabled: true }),
    );
    expect(decodeSecurityInfo(dict({ SecurityInfo: "odd" }))).toEqual(none);
  });

  it("nothing a device can put there throws", () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.bigInt(),
      fc.boolean(),
      fc.uint8Array(),
      fc.date(),
      fc.double().map((real) => ({ real })),
    );
    const key = fc.constantFrom("ProductKey", "Status", "ErrorChain", "PastNotifications", "DownloadSize", "Other");
    const item = fc.oneof(leaf, fc.array(leaf), fc.dictionary(key, fc.oneof(leaf, fc.array(leaf))).map(dict as never));
    const list = fc.oneof(item, fc.array(item)) as fc.Arbitrary<PlistValue>;
    const top = fc.constantFrom(
      "UpdateResults",
      "OSUpdateStatus",
      "AvailableOSUpdates",
      "ScanInitiated",
      "QueryResponses",
    );
    fc.assert(
      fc.property(fc.dictionary(top, list), (entries) => {
        const body = dict(entries);
        for (const decode of [
          decodeUpdateResults,
          decodeOSUpdateStatus,
          decodeAvailableOSUpdates,
          decodeScan,
          decodeDeviceInformation,
          decodeSecurityInfo,
        ]) {
          expect(() => decode(body)).not.toThrow();
        }
      }),
    );
  });
});
