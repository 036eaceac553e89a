/** Who may speak for whom, as a table: a certificate that is shown and the rows → the rows afterwards and what is said. */
import { describe, expect, it } from "vitest";
import type { Rows } from "../../store/index.ts";
import { certificateRow } from "../../store/suite-rows.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { RENEWAL_LEAD } from "./admit.ts";
import type { Presented } from "./caller.ts";
import { acknowledged, caller, type Case, DAY, enrollment, ID, idle, NOW, only, table } from "./one-device.suite.ts";
import { poll, type PollInput } from "../commands/poll.ts";

/** "f1" is shown; its end lies ahead. */
const ENDS = caller.shown.notAfter;
const input: PollInput = { ...caller, message: idle };
const answer = acknowledged("an answer to nothing that is known");
const showing = (more: Partial<Presented>) => ({ shown: { ...caller.shown, ...more } });

const certificate = (more: Partial<Rows["certificate"]> = {}): Rows["certificate"] =>
  certificateRow("f1", { enrollmentId: "e1", identityHash: "identity", notAfter: ENDS, ...more });
const former = certificateRow("f0", { enrollmentId: "e1" });
/** The device, whose certificate in force is another, and the one that it shows. */
const rows = (shown?: Rows["certificate"], more: Partial<Rows["enrollment"]> = {}): MemoryRows => ({
  enrollment: [enrollment({ certificate: "f0", ...more })],
  certificate: [former, ...(shown === undefined ? [] : [shown])],
});
const quarantined = { state: "quarantined" } as const;
const removed = { state: "removed", removedAt: NOW - DAY } as const;

const result = (kind: string, more: object = {}) => ({ kind: "not-admitted", result: { kind, ...more } });
const nothing = { kind: "nothing", enrollmentId: "e1" };
/** Refused, and nobody's rows are touched. */
const refused = (
  reason: string,
  owner: string | null,
  given: MemoryRows,
  asked: Partial<typeof input> = {},
): Case<typeof input> => ({
  input: asked,
  rows: given,
  changed: {},
  reply: result("forbidden", { reason, owner }),
  notes: [],
});
const renewal = { endsAt: ENDS, dueAt: ENDS - RENEWAL_LEAD, attempts: 0 };
const again = { purpose: "renew", renews: "e1" } as const;

describe("a certificate that is known", () => {
  table(poll, input, [
    [
      "in force speaks for its device",
      { input: {}, rows: rows(certificate(), { certificate: "f1" }), changed: {}, reply: nothing },
    ],
    [
      "in force, in another spelling, does too",
      {
        input: showing({ fingerprint: "f9" }),
        rows: rows(certificate(), { certificate: "f1" }),
        changed: {},
        reply: nothing,
      },
    ],
    [
      "waiting for this device waits on",
      {
        input: {},
        rows: rows(certificate({ enrollmentId: null, pendingFor: "e1" })),
        changed: {},
        reply: result("pending", { enrollmentId: "e1" }),
        notes: [],
      },
    ],
    [
      "waiting for another device",
      refused("other-device", "e2", rows(certificate({ enrollmentId: null, pendingFor: "e2" }))),
    ],
    ["bound to another device", refused("other-device", "e2", rows(certificate({ enrollmentId: "e2" })))],
    [
      "bound to another device, for one that is not known",
      refused("other-device", "e2", { certificate: [certificate({ enrollmentId: "e2" })] }),
    ],
    ["issued and never used", refused("not-bound-to-it", null, rows(certificate({ enrollmentId: null })))],
    [
      "issued to renew another device's",
      refused("other-device", "e2", rows(certificate({ enrollmentId: null, purpose: "renew", renews: "e2" }))),
    ],
    [
      "issued to renew this device's takes over with its first message",
      {
        input: {},
        rows: rows(certificate({ enrollmentId: null, ...again })),
        changed: {
          "enrollment e1": { certificate: "f1" },
          "certificate f1": { enrollmentId: "e1" },
          "certificate f0": { renewedBy: "f1" },
          "renewal e1": renewal,
        },
        reply: nothing,
      },
    ],
    ["superseded", refused("superseded", "e1", rows(certificate({ supersededAt: 1 })))],
    ["superseded at this very moment", refused("superseded", "e1", rows(certificate({ supersededAt: NOW })))],
    [
      "superseded, issued for a renewal: it does not take over again",
      refused("superseded", "e1", rows(certificate({ supersededAt: 1, ...again }))),
    ],
    [
      "superseded, and renewed before that: nobody goes back to it",
      refused("superseded", "e1", rows(certificate({ supersededAt: 1, renewedBy: "f0" }))),
    ],
    [
      "superseded, of a device in quarantine",
      refused("superseded", "e1", rows(certificate({ supersededAt: 1 }), quarantined)),
    ],
    [
      "superseded, of a device that was removed",
      refused("superseded", "e1", rows(certificate({ supersededAt: 1, renewedBy: "f0" }), removed)),
    ],
    ["of a new profile, before its TokenUpdate", refused("superseded", "e1", rows(certificate()))],
    ["of a new profile, of a device in quarantine", refused("superseded", "e1", rows(certificate(), quarantined))],
    ["of a new profile, of a device that was removed", refused("superseded", "e1", rows(certificate(), removed))],
    [
      "in force, of a device in quarantine",
      {
        input: {},
        rows: rows(certificate(), { ...quarantined, certificate: "f1" }),
        changed: {},
        reply: result("quarantined"),
        notes: [],
      },
    ],
    [
      "in force, of a device that was removed: it waits in quarantine",
      {
        input: {},
        rows: rows(certificate(), { ...removed, certificate: "f1" }),
        changed: { "enrollment e1": { state: "quarantined", removedAt: null, lastSeenAt: NOW } },
        reply: result("quarantined"),
        notes: ["quarantined"],
      },
    ],
    [
      "renewed, of a device that was removed: it waits in quarantine with this one",
      {
        input: {},
        rows: rows(certificate({ renewedBy: "f0" }), removed),
        changed: { "enrollment e1": { state: "quarantined", certificate: "f1" } },
        reply: result("quarantined"),
      },
    ],
    [
      "issued to renew that of a device that was removed meanwhile",
      {
        input: {},
        rows: rows(certificate({ enrollmentId: null, ...again }), removed),
        changed: {
          "enrollment e1": { state: "quarantined", certificate: "f1" },
          "certificate f1": { enrollmentId: "e1" },
        },
        reply: result("quarantined"),
      },
    ],
  ]);
});

describe("a certificate that was renewed", () => {
  const old = rows(certificate({ renewedBy: "f0" }));
  table(poll, input, [
    [
      "and begins a session is gone back to",
      {
        input: {},
        rows: old,
        changed: {
          "enrollment e1": { certificate: "f1" },
          "certificate f1": { renewedBy: null },
          "renewal e1": renewal,
        },
        reply: nothing,
        notes: ["identity-returned"],
      },
    ],
    ["and has ended", refused("ended", "e1", old, showing({ ended: true }))],
    ["and has ended, for an answer", refused("ended", "e1", old, { ...showing({ ended: true }), message: answer })],
    [
      "by a renewal of its own, and has ended",
      refused("ended", "e1", rows(certificate({ renewedBy: "f0", ...again })), showing({ ended: true })),
    ],
  ]);

  it("may still answer, and is not gone back to by that", () => {
    const done = transact(poll, { ...input, message: answer }, old);
    expect(done.reply).toMatchObject(nothing);
    expect(only(done.rows, "enrollment").certificate).toBe("f0");
    expect(done.rows.certificate).toEqual(old.certificate);
    expect(done.rows.renewal ?? []).toEqual([]);
  });
});

describe("a certificate that is not known", () => {
  const kept = { enrollmentId: ID, purpose: "enrol", pendingFor: null, notAfter: ENDS, issuedAt: NOW };
  const waits = { enrollmentId: null, purpose: "enrol", pendingFor: "e1", renews: null };
  const pending = { reply: result("pending", { enrollmentId: "e1" }), notes: ["certificate-pending"] };
  const fresh = {
    changed: {
      [`enrollment ${ID}`]: { state: "quarantined", certificate: "f1", appleId: "UDID-e1" },
      "certificate f1": kept,
    },
    reply: result("quarantined"),
    notes: ["quarantined"],
  };
  table(poll, input, [
    ["for a device that is not known", { input: {}, rows: {}, ...fresh }],
    [
      "for a device that is not known, of another CA",
      {
        input: showing({ external: true }),
        rows: {},
        ...fresh,
        changed: { ...fresh.changed, "certificate f1": { ...kept, purpose: "external" } },
      },
    ],
    ["for a known device", { input: {}, rows: rows(), changed: { "certificate f1": waits }, ...pending }],
    [
      "for a known device, of another CA",
      {
        input: showing({ external: true }),
        rows: rows(),
        changed: { "certificate f1": { ...waits, purpose: "external" } },
        ...pending,
      },
    ],
    [
      "for a device in quarantine",
      { input: {}, rows: rows(undefined, quarantined), changed: { "certificate f1": waits }, ...pending },
    ],
    [
      "for a device that was removed",
      { input: {}, rows: rows(undefined, removed), changed: { "certificate f1": waits }, ...pending },
    ],
    [
      "for a device in quarantine since an early version, which kept none",
      {
        input: {},
        rows: rows(undefined, { ...quarantined, certificate: "f1" }),
        changed: { "certificate f1": { ...kept, enrollmentId: "e1" } },
        reply: result("quarantined"),
        notes: [],
      },
    ],
    ["naming another device", refused("names-another", null, rows(), showing({ udids: ["UDID-E2"] }))],
    [
      "naming another device, where this one is not known",
      refused("names-another", null, {}, showing({ udids: ["UDID-E2"] })),
    ],
    [
      "naming this device",
      { input: showing({ udids: ["UDID-E1"] }), rows: rows(), changed: { "certificate f1": waits }, ...pending },
    ],
  ]);

  it("is asked for before anything of it is kept", () => {
    const { der: _der, ...shown } = caller.shown;
    const done = transact(poll, { ...input, shown }, rows());
    expect(done).toMatchObject({ changed: {}, notes: [], reply: { wanting: true } });
    expect(transact(poll, input, rows()).reply).toMatchObject({ wanting: false });
    expect(transact(poll, { ...input, shown }, rows(certificate())).reply).toMatchObject({ wanting: false });
  });
});
