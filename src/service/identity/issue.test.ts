/** A challenge and the certificate that it brings, as a table: the request and the rows → the rows afterwards and the answer. */
import { describe } from "vitest";
import type { Rows } from "../../store/index.ts";
import { certificateRow, challengeRow, linkRow } from "../../store/suite-rows.ts";
import { checkChallenge, issue } from "./issue.ts";
import { type Case, DAY, NOW, table } from "../enrollment/one-device.suite.ts";

const DER = new Uint8Array([7]);
const certificate = {
  fingerprint: "f1",
  der: DER,
  notBefore: NOW,
  notAfter: NOW + 365 * DAY,
  challengeHash: "c",
  transactionId: "t",
  keyHash: "k",
  issuedAt: NOW,
  identityHash: "identity",
};
const input = { challengeHash: "c", certificate, now: NOW };
type Row = Case<typeof input>;

const challenge = (more: Partial<Rows["challenge"]> = {}): Rows["challenge"] =>
  challengeRow("c", { expiresAt: NOW + DAY, note: "desk 4", ...more });
const link = (more: Partial<Rows["enrollmentLink"]> = {}): Rows["enrollmentLink"] =>
  linkRow("l", { uses: 3, used: 2, expiresAt: NOW + DAY, ...more });
const ofLink = challenge({ link: "l" });
/** The same request has had an answer, which may have been lost. */
const had = certificateRow("f0", { challengeHash: "c", transactionId: "t", keyHash: "k", der: new Uint8Array([5]) });
const issued = { kind: "issued", der: DER };
const again = { kind: "issued", der: had.der };
const refused = (why: string, note = "desk 4") => ({ kind: "refused", why, note });

const CASES: readonly (readonly [string, Row])[] = [
  [
    "of one use is used up by it",
    {
      input: {},
      rows: { challenge: [challenge({ accessRights: 5 })] },
      changed: {
        "challenge c": { usesLeft: 0 },
        "certificate f1": { enrollmentId: null, purpose: "enrol", renews: null, accessRights: 5, supersededAt: null },
      },
      reply: issued,
    },
  ],
  [
    "of many uses keeps the others",
    {
      input: {},
      rows: { challenge: [challenge({ usesLeft: 9 })] },
      changed: { "challenge c": { usesLeft: 8 }, "certificate f1": {} },
      reply: issued,
    },
  ],
  [
    "for a renewal names whose",
    {
      input: {},
      rows: { challenge: [challenge({ purpose: "renew", enrollmentId: "e1" })] },
      changed: {
        "challenge c": { usesLeft: 0 },
        "certificate f1": { enrollmentId: null, purpose: "renew", renews: "e1" },
      },
      reply: issued,
    },
  ],
  ["used up", { input: {}, rows: { challenge: [challenge({ usesLeft: 0 })] }, changed: {}, reply: refused("used-up") }],
  [
    "in its last moment",
    {
      input: {},
      rows: { challenge: [challenge({ expiresAt: NOW + 1 })] },
      changed: { "challenge c": {}, "certificate f1": {} },
      reply: issued,
    },
  ],
  [
    "at its end",
    { input: {}, rows: { challenge: [challenge({ expiresAt: NOW })] }, changed: {}, reply: refused("expired") },
  ],
  [
    "that is not known",
    { input: {}, rows: { challenge: [challengeRow("d")] }, changed: {}, reply: refused("unknown-challenge", "") },
  ],
  [
    "of a link counts as a use of it",
    {
      input: {},
      rows: { challenge: [ofLink], enrollmentLink: [link()] },
      changed: { "challenge c": { usesLeft: 0 }, "enrollmentLink l": { used: 3 }, "certificate f1": {} },
      reply: issued,
    },
  ],
  [
    "of a link that others have used up meanwhile",
    {
      input: {},
      rows: { challenge: [ofLink], enrollmentLink: [link({ used: 3 })] },
      changed: {},
      reply: refused("link-used-up"),
    },
  ],
  [
    "of a link that was revoked",
    {
      input: {},
      rows: { challenge: [ofLink], enrollmentLink: [link({ revokedAt: NOW - 1 })] },
      changed: {},
      reply: refused("link-revoked"),
    },
  ],
  [
    "of a link at its end",
    {
      input: {},
      rows: { challenge: [ofLink], enrollmentLink: [link({ expiresAt: NOW })] },
      changed: {},
      reply: refused("link-expired"),
    },
  ],
  [
    "used by this request before brings the same certificate again, and is not used a second time",
    {
      input: {},
      rows: { challenge: [challenge({ usesLeft: 9 })], certificate: [had] },
      changed: {},
      reply: again,
    },
  ],
  [
    "used by this request before does so after its end, and that of its link",
    {
      input: {},
      rows: {
        challenge: [challenge({ link: "l", usesLeft: 0, expiresAt: 1 })],
        enrollmentLink: [link({ revokedAt: 1, used: 3, expiresAt: 1 })],
        certificate: [had],
      },
      changed: {},
      reply: again,
    },
  ],
  [
    "used by this request before, and forgotten since",
    { input: {}, rows: { certificate: [had] }, changed: {}, reply: again },
  ],
  [
    "beside one of the same transaction with another key is another request",
    {
      input: {},
      rows: { challenge: [challenge()], certificate: [{ ...had, keyHash: "another" }] },
      changed: { "challenge c": {}, "certificate f1": {} },
      reply: issued,
    },
  ],
  [
    "of another request of the same transaction and key",
    {
      input: {},
      rows: { challenge: [challenge({ usesLeft: 0 })], certificate: [{ ...had, challengeHash: "d" }] },
      changed: {},
      reply: refused("used-up"),
    },
  ],
];

describe("a certificate for a challenge", () => {
  table(issue, input, CASES);
});

describe("what is said before a certificate is signed, of a challenge", () => {
  const check = { challengeHash: "c", transactionId: "t", keyHash: "k", now: NOW };
  table(
    checkChallenge,
    check,
    CASES.map(([title, { rows, reply }]) => [
      title,
      { input: {}, rows, changed: {}, reply: reply === issued ? { kind: "open" } : reply },
    ]),
  );
});
