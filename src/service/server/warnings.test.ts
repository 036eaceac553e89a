import { describe, expect, it } from "vitest";
import type { DeviceWarningCode } from "../../contract/index.ts";
import { isoTime } from "../iso-time.ts";
import { type Affected, DEVICE_WARNING_CODES, DEVICE_WARNINGS, type WarningFacts, warningsOf } from "./warnings.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 7, 25);
const far = NOW + 400 * DAY;
const FINE: WarningFacts = {
  now: NOW,
  push: { topic: "com.apple.mgmt.External.x", notAfter: far },
  tls: [
    { subject: "CN=mdm.example.org", notAfter: far },
    { subject: "CN=Intermediate", notAfter: far },
  ],
  tlsOtherHost: undefined,
  authority: { subject: "CN=CA", notAfter: far },
  signer: { subject: "CN=Signer", notAfter: far },
  endedIdentities: "accept",
  clock: null,
  halt: null,
  catalog: { date: "2026-08-22", days: 3 },
  blocksThatAsk: [],
  rolloutsThatAsk: [],
  rolloutsPaused: [],
  plansPaused: [],
  failing: null,
  webhooksFailing: null,
  webhooksDisabled: [],
  cveFeeds: null,
};
const NOBODY: ReadonlyMap<DeviceWarningCode, Affected> = new Map();

describe("warnings", () => {
  it.each([
    ["DNS:mail.example.org", "is for DNS:mail.example.org, not for mdm.example.org"],
    ["", "names no host in its alternative names, not for mdm.example.org"],
  ])("say that the TLS certificate is not for the host of public-url: %s", (names, words) => {
    const [warning] = warningsOf({ ...FINE, tlsOtherHost: { host: "mdm.example.org", names } }, NOBODY, NOW);
    expect(warning).toMatchObject({ reason: "tls-certificate-other-host", momentAt: null });
    expect(warning?.sentence).toContain(words);
    expect(warning?.remedy).toContain("tls-cert");
  });

  it("say that all plans are halted: who, since when, why, and how many devices wait", () => {
    const halt = { by: "token:ops", since: NOW - DAY, reason: "26.6.2 breaks the VPN", devices: 214 };
    const [warning] = warningsOf({ ...FINE, halt }, NOBODY, NOW);
    expect(warning).toMatchObject({ reason: "plans-halted", momentAt: isoTime(NOW - DAY), devices: null });
    expect(warning?.sentence).toBe(
      "All plans are halted since 2026-08-24 00:00 UTC by token:ops: 26.6.2 breaks the VPN. 214 devices wait for the end of it.",
    );
    expect(warning?.remedy).toContain("uptick halt --end --dry-run");
  });

  it("are none while everything lasts", () => expect(warningsOf(FINE, NOBODY, NOW)).toEqual([]));

  it.each<[string, (notAfter: number) => Partial<WarningFacts>]>([
    ["push-certificate-ends", (notAfter) => ({ push: { topic: "t", notAfter } })],
    ["tls-certificate-ends", (notAfter) => ({ tls: [...FINE.tls, { subject: "CN=Root", notAfter }] })],
    ["authority-ends", (notAfter) => ({ authority: { subject: "CN=CA", notAfter } })],
    ["profile-signer-ends", (notAfter) => ({ signer: { subject: "CN=S", notAfter } })],
  ])("%s comes from 30 days before, and says when it has ended", (code, change) => {
    const at = (days: number) => warningsOf({ ...FINE, ...change(NOW + days * DAY) }, NOBODY, NOW);
    expect(at(30.1)).toEqual([]);
    expect(at(29.9)).toMatchObject([
      { reason: code, sentence: expect.stringContaining("ends on") as string, momentAt: isoTime(NOW + 29.9 * DAY) },
    ]);
    expect(at(-1)).toMatchObject([
      { reason: code, sentence: expect.stringContaining("ended on 2026-08-24") as string },
    ]);
  });

  it.each([
    [30 * DAY + 1, undefined],
    [30 * DAY, "ends on"],
    [1, "ends on"],
    [0, "ended on"],
    [-1, "ended on"],
  ])("of what ends in %d ms: %s", (left, words) => {
    const [warning] = warningsOf({ ...FINE, authority: { subject: "CN=CA", notAfter: NOW + left } }, NOBODY, NOW);
    expect(warning?.sentence.match(/ends on|ended on/)?.[0]).toBe(words);
  });

  it.each([
    [0, undefined],
    [7, undefined],
    [8, "Apple may have released newer versions since."],
    [30, "Apple may have released newer versions since."],
    [31, "Plans to latest, latest-minor and n-1 are refused."],
  ])("of a list of releases that is %d days old: %s", (days, effect) => {
    const warnings = warningsOf({ ...FINE, catalog: { date: "2026-08-01", days } }, NOBODY, NOW);
    expect(warnings.map(({ reason: code, sentence: text }) => [code, text])).toEqual(
      effect === undefined
        ? []
        : [["catalog-old", `Apple's list of 1 Aug 2026 (${days} days old) is older than 7 days. ${effect}`]],
    );
  });

  // Requirement: one sentence about a list that is not renewed, not two.
  it.each<[string, WarningFacts["catalog"], string, RegExp]>([
    [
      "fresh",
      { date: "2026-08-22", days: 3 },
      "catalog-fetch-failed",
      /^Uptick could not renew Apple's list of 22 Aug 2026/,
    ],
    ["just not old", { date: "2026-08-18", days: 7 }, "catalog-fetch-failed", /continues with it\./],
    ["old", { date: "2026-08-17", days: 8 }, "catalog-old", /is older than 7 days\. Apple may have released newer/],
    ["stale", { date: "2026-07-17", days: 39 }, "catalog-old", /are refused\./],
    ["not there", null, "catalog-empty", /^This server has no list/],
  ])("say once that the list can't be fetched, whether it is %s", (_age, catalog, code, words) => {
    const failing = { cause: "unreachable", detail: "ECONNREFUSED", since: NOW - DAY, count: 3 } as const;
    const warnings = warningsOf({ ...FINE, catalog, failing }, NOBODY, NOW);
    expect(warnings.map((warning) => warning.reason)).toEqual([code]);
    expect(warnings[0]?.sentence).toMatch(words);
    expect(warnings[0]?.sentence).toContain(
      "Fetching it has failed since 2026-08-24 00:00 UTC (3 times). The server could not connect to",
    );
    expect(warnings[0]?.remedy).toContain("gdmf.apple.com");
  });

  it.each([
    [["macOS"], "The last fetch of the CVE feed of macOS failed (status 503)."],
    [["iOS", "tvOS"], "The last fetch of the CVE feeds of iOS, tvOS failed (status 503)."],
  ])("say that feeds of CVEs can't be fetched: %j", (platforms, words) => {
    const cveFeeds = { platforms, reason: "status 503", at: NOW - DAY };
    const [warning, more] = warningsOf({ ...FINE, cveFeeds }, NOBODY, NOW);
    expect([warning, more]).toMatchObject([
      { reason: "cve-feed-failed", momentAt: isoTime(NOW - DAY), devices: null },
      undefined,
    ]);
    expect(warning?.sentence).toContain(words);
    expect(warning?.remedy).toContain("uptick catalog import-cves FILE");
  });

  it("say that there is no list of releases, and how to get one", () => {
    expect(warningsOf({ ...FINE, catalog: null }, NOBODY, NOW)).toMatchObject([
      { reason: "catalog-empty", devices: null, remedy: expect.stringContaining("uptick catalog import") as string },
    ]);
  });

  it("say what the system clock says while it is suspect, what is believed instead, and what to do", () => {
    const clock = { since: NOW, system: NOW + 400 * DAY, ahead: 399 * DAY, until: NOW + DAY };
    expect(warningsOf({ ...FINE, clock }, NOBODY, NOW)).toEqual([
      {
        reason: "clock-suspect",
        sentence: expect.stringMatching(
          /2027-09-29 00:00 UTC.*uses 2026-08-26 00:00 UTC\..*from 2026-08-26 00:00 UTC on/,
        ),
        remedy: expect.stringContaining("uptick clock accept"),
        momentAt: isoTime(NOW),
        devices: null,
      },
    ]);
  });

  const of = (devices: number, more: Partial<Affected> = {}): Affected => ({
    ...{ devices, first: null, names: ["Hall", "S2"], newest: undefined },
    ...more,
  });

  it.each(DEVICE_WARNING_CODES)("%s counts its devices, says how to list them, and is none without any", (code) => {
    const said = (devices: number) => warningsOf(FINE, new Map([[code, of(devices)]]), NOW);
    expect(said(0)).toEqual([]);
    for (const n of [1, 2]) {
      const [warning, ...others] = said(n);
      expect(others).toEqual([]);
      expect(warning).toMatchObject({ reason: code, devices: n });
      expect(warning?.sentence).toMatch(n === 1 ? /1 (device|Mac)\b/ : /2 (devices|Macs)\b/);
      expect(warning?.sentence).toContain("Devices: Hall, S2.");
      expect(warning?.remedy).toContain(`uptick devices --warning ${code} lists them.`);
    }
  });

  it("name rollouts that ask a person, and those that are paused", () => {
    const names = ["macOS 26.6.2", "iOS 26.6.1", "iOS 18.7.8", "tvOS 26.6"].map((one) => `${one} of the plan "all"`);
    const [asks, paused, once, ...others] = warningsOf(
      { ...FINE, rolloutsThatAsk: names.slice(0, 1), rolloutsPaused: names, plansPaused: ['"Lab"'] },
      new Map(),
      NOW,
    );
    expect(others).toEqual([]);
    expect(asks?.sentence).toBe(
      'A rollout asks a person: macOS 26.6.2 of the plan "all". The devices of later rings wait for the answer.',
    );
    expect(paused?.sentence).toMatch(/^4 rollouts are paused: macOS 26.6.2 .* and 1 more\./);
    expect(once).toMatchObject({
      reason: "plans-paused",
      sentence: 'The gate paused a plan, because too many devices failed: "Lab".',
    });
  });

  it("say when the first exclusion ends, and ask for devices by the clock of plans", () => {
    const affected = new Map<DeviceWarningCode, Affected>([["exclusions-end", of(2, { first: NOW + DAY })]]);
    const [soon] = warningsOf(FINE, affected, NOW);
    expect(soon).toMatchObject({ reason: "exclusions-end", momentAt: isoTime(NOW + DAY), devices: 2 });
    expect(soon?.sentence).toBe(
      "The exclusions of 2 devices end within 7 days: plans then continue with them. Devices: Hall, S2.",
    );
    expect(DEVICE_WARNINGS["exclusions-end"]({ push: undefined, now: 5 }, NOW)).toEqual({
      ...{ is: "exclusion-ends", from: 5, to: 5 + 7 * DAY },
    });
  });

  it("say when the first identity ends, whether ended ones are accepted, and the newest error with its device", () => {
    const newest = { deviceName: "Hall", serial: "S1", appleId: "U", error: "MDM-SCEP 15002", at: NOW - DAY };
    const affected = new Map<DeviceWarningCode, Affected>([
      ["identities-end", of(2, { first: NOW + DAY, newest })],
      ["identities-ended", of(1, { newest: { ...newest, deviceName: null } })],
    ]);
    const [end, ended] = warningsOf(FINE, affected, NOW);
    expect(end).toMatchObject({ momentAt: isoTime(NOW + DAY) });
    expect(warningsOf(FINE, new Map([["topics-differ", of(9)]]), NOW)[0]?.sentence).toContain("Hall, S2 and 7 more.");
    expect(end?.sentence).toMatch(/ The newest error is of Hall \(S1\) on 2026-08-24: MDM-SCEP 15002$/);
    expect(ended?.sentence).toMatch(/still accepts them\. Devices: Hall, S2\. The newest error is of S1 on/);
    expect(warningsOf({ ...FINE, endedIdentities: "refuse" }, affected, NOW)[1]?.sentence).toContain("refuses them");
  });
});
