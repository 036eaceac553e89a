/** Sentences as an admin reads them, whole: who does what, why, and what comes next. */
import { describe, expect, it } from "vitest";
import { newOne, SEED } from "../plans/jobs/one-job.suite.ts";
import type { Job } from "../plans/index.ts";
import type { Json, TimelineKind } from "../store/index.ts";
import { jobDecisionWords } from "./decisions.ts";
import { policyDecisionWords } from "./policies.ts";
import { refusedDeviceWords, refusedScepWords } from "./refusals.ts";
import { feedFailedWords, feedNotes, feedWords } from "./cve-feeds.ts";
import { listNotes, releaseWords } from "./releases.ts";
import { timelineText } from "./timeline/timeline.ts";
import { verdictOf } from "./verdict/of-job.suite.ts";
import { causeOf, remedyOf } from "./verdict/reasons.ts";
import { serverWarningWords } from "./warnings.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const job = newOne({ zone: "UTC" });
const LIST = { listDate: "2026-08-20", listDays: 5 };

describe("sentences", () => {
  it.each<[NonNullable<Job["next"]>["action"], string]>([
    ["push-again", "Uptick sends a push and asks it again"],
    ["look-again", "Uptick asks it again"],
    ["install", "Uptick orders the install"],
    ["try-again", "Uptick tries again"],
    ["read-list", "Uptick reads the Mac's list of updates"],
    ["enforce", "Uptick asks whether it has installed the update"],
  ])("name who acts next: %s", (action, next) => {
    const { sentence } = verdictOf({ ...job, next: { action, at: NOW + 60_000 } }, NOW);
    const word = action === "install" ? "from" : "at";
    expect(sentence).toMatch(new RegExp(`; next, ${word} 2026-08-25 12:01 \\(UTC\\), ${next}\\.$`));
  });

  it.each<[string, string, string?]>([
    ["downloaded", "the update is downloaded; this plan does not install it"],
    ["notified", "the user was notified of the update; this plan does not install it"],
    ["download-accepted", "the device accepted the download command and has not started yet"],
    ["install-accepted", "the device accepted the install command and has not started yet"],
    [
      "facts-unknown",
      "the device has not reported its model and OS version yet",
      "Make the plan again after the device has reported.",
    ],
    [
      "supervision-unknown",
      "the device has not reported whether it is supervised",
      "Make the plan again after the device has reported.",
    ],
    [
      "not-supervised",
      "it is not supervised, and Apple lets MDM update supervised devices only",
      "Supervise it: enroll it through Apple Business Manager or Apple Configurator.",
    ],
    [
      "user-enrollment",
      "Apple does not allow MDM to update a device with a user enrollment",
      "Enroll the device as a device.",
    ],
    ["os-too-old", "its OS is too old for update commands"],
    [
      "data-loss-not-allowed",
      "a forced restart can lose unsaved work, and the plan does not allow that",
      "Use --allow-data-loss to allow it.",
    ],
    ["later-not-allowed", "the Mac does not allow this update to be deferred", "Use --action install."],
    ["no-other-updates", "after a scan, the Mac lists no updates other than macOS"],
  ])("of the reason %s", (code, cause, remedy) => {
    expect([causeOf(code, {}), remedyOf(code)]).toEqual([cause, remedy]);
  });

  it("of what the device and its user do instead", () => {
    const deferrals = { max: 3, remaining: 0 };
    const scheduled = { asked: "InstallASAP", device: "InstallLater" } as const;
    const { sentence } = verdictOf(
      { ...job, state: "installing", reason: "installing", orders: { installs: 1, scheduled }, known: { deferrals } },
      NOW,
    );
    expect(sentence).toContain("; Uptick asked for InstallASAP and the device chose InstallLater; ");
    expect(sentence).toContain("; the user cannot put it off again (3 in all); ");
  });

  it("of updates that are no version of an OS", () => {
    const seed = { ...SEED, action: "InstallASAP", because: "action-by-command" } as const;
    expect(jobDecisionWords({ job: seed, release: null, onBeta: false }).sentence).toBe(
      "Updates other than macOS by command: install as soon as it is downloaded (only a command can do this).",
    );
  });

  it("targets D1: of a job by command that waits for its deadline", () => {
    const waits = (reason: string, more: Record<string, string | number> = {}): string => {
      const opensAt = Date.UTC(2026, 7, 28, 15);
      const next = { action: "install", at: opensAt } as const;
      return verdictOf(
        { ...job, zone: "Europe/Berlin", state: "ready", reason, params: { opensAt, ...more }, next },
        NOW,
      ).sentence;
    };
    const orders = "; next, from 2026-08-28 17:00 (Europe/Berlin), Uptick orders the install.";
    expect(waits("waiting-for-deadline", { percent: 100 })).toBe(
      `Ready to install: downloaded; installs from Fri 2026-08-28 17:00${orders}`,
    );
    expect(waits("waiting-for-deadline", { percent: 40 })).toBe(
      `Ready to install: downloading, 40 % so far; installs from Fri 2026-08-28 17:00${orders}`,
    );
    expect(waits("waiting-for-deadline", { percent: 100, zoneUnknown: 1 })).toBe(
      `Ready to install: downloaded; installs from Fri 2026-08-28 17:00, when its install time has come in every time zone (its own is unknown)${orders}`,
    );
    expect(waits("not-ordered-before-deadline")).toBe(
      `Ready to install: installs from Fri 2026-08-28 17:00; nothing is ordered before, because this Mac can't be ordered to download only${orders}`,
    );
  });

  it.each([
    [{}, "install from 2026-08-28 17:00 Europe/Berlin"],
    [
      { twoSteps: false },
      "install from 2026-08-28 17:00 Europe/Berlin, with nothing ordered before, because it can't be ordered to download only",
    ],
    [
      { window: { from: "09:00", to: "18:00" }, zoneKnown: false },
      "install from 2026-08-28 17:00 between 09:00 and 18:00 Europe/Berlin (zone unknown, assumed), when its install time has come in every time zone",
    ],
    [{ zoneKnown: false, zoneNamed: true }, "install from 2026-08-28 17:00 Europe/Berlin (zone unknown, named for it)"],
    [
      { action: "InstallForceRestart" },
      "install from 2026-08-28 17:00 Europe/Berlin and restart, whether or not work is saved",
    ],
    [
      { action: "InstallLater", maxUserDeferrals: 3 },
      "download, then install from 2026-08-28 17:00 Europe/Berlin, when its user agrees, who may put it off 3 times",
    ],
  ] as const)("of a dry run with a deadline, by command with %j", (more, how) => {
    const seed = { ...SEED, zone: "Europe/Berlin", ...more };
    const installsFrom = Date.UTC(2026, 7, 28, 15);
    expect(jobDecisionWords({ job: seed, release: "26.6.1", onBeta: false, installsFrom }).sentence).toBe(
      `To 26.6.1 by command: ${how}.`,
    );
  });

  it.each<[TimelineKind, Json, string]>([
    ["quarantined", {}, "Presented a valid certificate but is not enrolled here: in quarantine"],
    ["quarantined", { removed: true }, "Contacted the server after an admin had removed it: in quarantine"],
    ["identity-returned", {}, "Uses its former identity again; Uptick renews it again"],
    ["bootstrap-token-removed", {}, "Removes its bootstrap token"],
    ["zone-set", { zone: "Europe/Paris" }, "An admin set its time zone to Europe/Paris"],
    ["policy-assigned", { name: "Late" }, 'The policy "Late" now applies to it'],
    ["policy-removed", { name: "Late" }, 'The policy "Late" no longer applies to it'],
    ["policy-state", { name: "Late", state: "applied", way: "profile" }, 'The policy "Late" is applied (by profile)'],
    ["declarations-differ", {}, "Has declarations that are not in its list; Uptick tells it to sync"],
    [
      "serial-handed-on",
      { serial: "S", heir: "b", udid: "U" },
      "Another device now has its serial number S: id b, UDID U",
    ],
    [
      "serial-taken-over",
      { serial: "S", udid: "U" },
      "Now has the serial number S; the device that had it before (UDID U) has left or was removed",
    ],
  ])("of the timeline's %s %j", (kind, data, text) => expect(timelineText(kind, data)).toBe(text));

  it("of feeds of CVEs", () => {
    expect(feedWords("iOS", "2026-08-22", "2026-08-24")).toBe(
      "SOFA's CVE feed of iOS of 22 Aug 2026, taken on 24 Aug 2026.",
    );
    expect(feedFailedWords("iOS", "2026-08-25", "status 503")).toBe(
      "On 25 Aug 2026 the CVE feed of iOS could not be fetched: status 503.",
    );
    expect(feedNotes({ newerBefore: null })).toEqual([]);
    expect(feedNotes({ newerBefore: "2026-08-24" })).toEqual([
      "It is older than the feed before it, which was of 24 Aug 2026: what it adds was taken, and the date stays.",
    ]);
  });

  it("of refusals, policies, lists and warnings", () => {
    expect(refusedDeviceWords("certificate-of-another-device", null)).toBe(
      "A device that sent no UDID showed the identity of another device.",
    );
    expect(refusedScepWords("challenge-used-up", "")).toBe(
      "A SCEP request came with a challenge that has already been used by its maximum number of devices.",
    );
    expect(policyDecisionWords({ way: "declaration", leftOut: [] }, { enrolled: true, replaces: "Old" })).toBe(
      'By declaration. Replaces the policy "Old".',
    );
    const days = { postedOn: "2026-08-01", until: null };
    expect(releaseWords("withdrawn", LIST, days)).toBe(
      "Apple withdrew it: it is missing from Apple's list of 20 Aug 2026 (5 days old) and from the list before, and no newer release of its major version is there.",
    );
    expect(listNotes({ listDays: 0, fromFuture: true, dayOfImport: false, newerBefore: null, old: false })).toEqual([
      "The file says that it was last changed in the future: the newest posting date in it counts as the date of the list.",
    ]);
    expect(serverWarningWords("tls-certificate-ends", { subject: "CN=a", at: NOW, ended: false })).toEqual({
      sentence: "The TLS certificate of the MDM endpoint, CN=a, ends on 2026-08-25.",
      remedy:
        "Put the renewed certificate and its chain in tls-cert, and restart. Without tls-cert, a restart makes a new certificate. Devices can't connect once any certificate of the chain has ended.",
    });
  });
});
