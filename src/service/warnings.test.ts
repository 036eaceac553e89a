import { describe, expect, it } from "vitest";
import { type WarningFacts, warningsOf } from "./warnings.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 7, 25);
const far = NOW + 400 * DAY;
const FINE: WarningFacts = {
  push: { topic: "com.apple.mgmt.External.x", notAfter: far },
  tls: [
    { subject: "CN=mdm.example.org", notAfter: far },
    { subject: "CN=Intermediate", notAfter: far },
  ],
  tlsOtherHost: undefined,
  authority: { subject: "CN=CA", notAfter: far },
  signer: { subject: "CN=Signer", notAfter: far },
  identities: { ended: 0, ending: 0, next: null },
  endedIdentities: "accept",
  quarantined: 0,
  pending: 0,
  waiting: [],
  helpless: 0,
  clock: null,
};

describe("warnings", () => {
  it.each([
    ["DNS:mail.example.org", "is for DNS:mail.example.org, not for mdm.example.org"],
    ["", "names no host in its alternative names, not for mdm.example.org"],
  ])("say that the TLS certificate is not for the host of public-url: %s", (names, words) => {
    const [warning] = warningsOf({ ...FINE, tlsOtherHost: { host: "mdm.example.org", names } }, NOW);
    expect(warning).toMatchObject({ code: "tls-certificate-other-host", at: null });
    expect(warning?.text).toContain(words);
    expect(warning?.remedy).toContain("tls-cert");
  });

  it("are none while everything lasts", () => expect(warningsOf(FINE, NOW)).toEqual([]));

  it.each<[string, (notAfter: number) => Partial<WarningFacts>]>([
    ["push-certificate-ends", (notAfter) => ({ push: { topic: "t", notAfter } })],
    ["tls-certificate-ends", (notAfter) => ({ tls: [...FINE.tls, { subject: "CN=Root", notAfter }] })],
    ["authority-ends", (notAfter) => ({ authority: { subject: "CN=CA", notAfter } })],
    ["profile-signer-ends", (notAfter) => ({ signer: { subject: "CN=S", notAfter } })],
  ])("%s comes from 30 days before, and says when it has ended", (code, change) => {
    const at = (days: number) => warningsOf({ ...FINE, ...change(NOW + days * DAY) }, NOW);
    expect(at(30.1)).toEqual([]);
    expect(at(29.9)).toMatchObject([
      { code, text: expect.stringContaining("ends on") as string, at: NOW + 29.9 * DAY },
    ]);
    expect(at(-1)).toMatchObject([{ code, text: expect.stringContaining("ended on 2026-08-24") as string }]);
  });

  it("say what the system clock says while it is suspect, what is believed instead, and what to do", () => {
    const clock = { since: NOW, system: NOW + 400 * DAY, ahead: 399 * DAY, until: NOW + DAY };
    expect(warningsOf({ ...FINE, clock }, NOW)).toEqual([
      {
        code: "clock-suspect",
        text: expect.stringMatching(/2027-09-29 00:00 UTC.*uses 2026-08-26 00:00 UTC\..*from 2026-08-26 00:00 UTC on/),
        remedy: expect.stringContaining("uptick clock accept"),
        at: NOW,
      },
    ]);
  });

  it("count the identities that end and have ended, and the devices to adopt", () => {
    const identities = { ended: 2, ending: 1, next: NOW + DAY };
    const said = warningsOf({ ...FINE, identities, quarantined: 1 }, NOW);
    expect(said.map(({ code, at }) => [code, at])).toEqual([
      ["identities-end", NOW + DAY],
      ["identities-ended", null],
      ["devices-to-adopt", null],
    ]);
    expect(said[1]?.text).toContain("2 devices");
    expect(said[1]?.text).toContain("let in all the same");
    expect(warningsOf({ ...FINE, identities, endedIdentities: "refuse" }, NOW)[1]?.text).toContain("refused");
  });
});
