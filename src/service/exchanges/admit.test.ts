/** Who may speak for whom, as a table: the certificate's row, the enrollment's row → the admission. */
import { describe, expect, it } from "vitest";
import type { CertificateRow, EnrollmentRow } from "../../store/index.ts";
import { admit, blankEnrollment } from "./admit.ts";
import { type Caller, certificateOf, type Presented } from "./caller.ts";

const shown: Presented = {
  fingerprint: "shown",
  external: false,
  identityHash: "identity",
  udids: [],
  der: new Uint8Array(),
  notBefore: 0,
  notAfter: 100,
  ended: false,
};
const caller = (more: Partial<Presented> = {}): Caller => ({
  shown: { ...shown, ...more },
  appleId: "UDID-1",
  now: 50,
  firstId: "new",
});
const row = (more: Partial<CertificateRow> = {}): CertificateRow => ({
  ...certificateOf(caller(), { purpose: "enrol", enrollmentId: "e1", renews: null, pendingFor: null }),
  ...more,
});
const enrollment = (more: Partial<EnrollmentRow> = {}): EnrollmentRow => ({
  ...blankEnrollment("e1", "UDID-1", 0),
  state: "enrolled",
  certificate: "shown",
  ...more,
});
const inForce = enrollment({ certificate: "another" });
const quarantined = enrollment({ state: "quarantined", certificate: "another" });

const CASES: readonly (readonly [
  string,
  {
    certificate?: CertificateRow;
    respelt?: CertificateRow;
    enrollment?: EnrollmentRow;
    caller?: Caller;
    idle?: boolean;
  },
  Readonly<Record<string, unknown>>,
])[] = [
  ["the one in force", { certificate: row(), enrollment: enrollment() }, { kind: "known" }],
  ["the one in force, in another spelling", { respelt: row(), enrollment: enrollment() }, { kind: "known" }],
  ["unknown, for a device that is not known", {}, { kind: "quarantined" }],
  [
    "unknown of another CA, for a device that is not known",
    { caller: caller({ external: true }) },
    { kind: "quarantined" },
  ],
  ["unknown, for a known device", { enrollment: inForce }, { kind: "pending", enrollmentId: "e1" }],
  ["unknown, for a device in quarantine", { enrollment: quarantined }, { kind: "pending", enrollmentId: "e1" }],
  [
    "unknown, for a device in quarantine since an early version",
    { enrollment: enrollment({ state: "quarantined" }) },
    { kind: "quarantined" },
  ],
  [
    "unknown, naming another device",
    { enrollment: inForce, caller: caller({ udids: ["UDID-2"] }) },
    { kind: "forbidden", reason: "names-another", owner: null },
  ],
  ["unknown, naming this device", { enrollment: inForce, caller: caller({ udids: ["UDID-1"] }) }, { kind: "pending" }],
  [
    "waiting for this device",
    { certificate: row({ enrollmentId: null, pendingFor: "e1" }), enrollment: inForce },
    { kind: "pending", writes: [] },
  ],
  [
    "waiting for another device",
    { certificate: row({ enrollmentId: null, pendingFor: "e2" }), enrollment: inForce },
    { kind: "forbidden", reason: "other-device", owner: "e2" },
  ],
  [
    "bound to another device",
    { certificate: row({ enrollmentId: "e2" }), enrollment: inForce },
    { kind: "forbidden", reason: "other-device", owner: "e2" },
  ],
  [
    "bound to another device, for one that is not known",
    { certificate: row({ enrollmentId: "e2" }) },
    { kind: "forbidden", reason: "other-device", owner: "e2" },
  ],
  [
    "issued and never used",
    { certificate: row({ enrollmentId: null }), enrollment: inForce },
    { kind: "forbidden", reason: "not-bound-to-it", owner: null },
  ],
  [
    "issued to renew another device's",
    { certificate: row({ enrollmentId: null, purpose: "renew", renews: "e2" }), enrollment: inForce },
    { kind: "forbidden", reason: "other-device", owner: "e2" },
  ],
  [
    "issued to renew this device's",
    { certificate: row({ enrollmentId: null, purpose: "renew", renews: "e1" }), enrollment: inForce },
    { kind: "known" },
  ],
  [
    "superseded",
    { certificate: row({ supersededAt: 1 }), enrollment: inForce },
    { kind: "forbidden", reason: "superseded", owner: "e1" },
  ],
  [
    "superseded, issued for a renewal: it does not take over again",
    { certificate: row({ supersededAt: 1, purpose: "renew", renews: "e1" }), enrollment: inForce },
    { kind: "forbidden", reason: "superseded", owner: "e1" },
  ],
  [
    "superseded, of a device in quarantine",
    { certificate: row({ supersededAt: 1 }), enrollment: quarantined },
    { kind: "forbidden", reason: "superseded", owner: "e1" },
  ],
  [
    "renewed, and come back",
    { certificate: row({ renewedBy: "another" }), enrollment: inForce, idle: true },
    { kind: "known", enrollment: { certificate: "shown" } },
  ],
  [
    "renewed, for an answer",
    { certificate: row({ renewedBy: "another" }), enrollment: inForce },
    { kind: "known", enrollment: { certificate: "another" }, writes: [] },
  ],
  [
    "renewed, and ended",
    { certificate: row({ renewedBy: "another" }), enrollment: inForce, idle: true, caller: caller({ ended: true }) },
    { kind: "forbidden", reason: "ended", owner: "e1" },
  ],
];

describe("admit", () => {
  it.each(CASES)("a certificate that is %s", (_name, given, expected) => {
    const list = <T>(one: T | undefined): readonly T[] => (one === undefined ? [] : [one]);
    const seen = {
      certificate: list(given.certificate),
      respelt: list(given.respelt),
      enrollment: list(given.enrollment),
      waiting: [],
    };
    const admission = admit(given.caller ?? caller(), seen, given.idle);
    expect(admission).toMatchObject(expected);
    // Neither a refusal nor a certificate that waits changes anything of the enrollment.
    const changes = admission.writes.filter((write) => "patch" in write || "drop" in write || "put" in write);
    expect(admission.kind === "known" ? [] : changes).toEqual([]);
  });
});
