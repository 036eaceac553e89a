import { describe, expect, it } from "vitest";
import type { RefusalRow, Write } from "../../store/index.ts";
import { forgetRefusals, noteRefusals, type Refusal } from "./note-refusals.ts";

const DAY = 24 * 3_600_000;
const AT = 1_000 * DAY;
const refusal = (more: Partial<Refusal> = {}): Refusal => ({
  source: "mdm",
  reason: "certificate-of-another-device",
  sentence: "It showed the identity of another.",
  remedy: "Enroll it.",
  udid: "U1",
  fingerprint: "f1",
  owner: "e1",
  address: "192.0.2.1",
  group: "",
  count: 1,
  firstAt: AT,
  lastAt: AT,
  ...more,
});

/** The rows and timeline entries after these, one transaction each. */
function after(batches: readonly (readonly Refusal[])[], certificates: Readonly<Record<string, string>> = {}) {
  const rows = new Map<string, RefusalRow>();
  const entries: unknown[] = [];
  for (const refusals of batches) {
    const lookups = Object.entries(certificates).map(([print, enrollmentId]) => [`of ${print}`, [{ enrollmentId }]]);
    const seen = { kept: [...rows.values()], ...Object.fromEntries(lookups) } as never;
    for (const write of noteRefusals.decide({ refusals, now: 7 }, seen).writes as Write[]) {
      if ("put" in write && write.put === "refusal") rows.set(write.row.id, write.row);
      if ("drop" in write && write.drop === "refusal") rows.delete(write.where.id ?? "");
      if ("insert" in write && write.insert === "timeline") entries.push(write.row);
    }
  }
  return { rows: [...rows.values()], entries };
}

describe("refusals", () => {
  it("are one row for each reason, certificate and UDID, with the newest's words and address", () => {
    const { rows } = after([
      [refusal(), refusal({ udid: "U2" }), refusal({ reason: "certificate-ended" })],
      [refusal({ address: "192.0.2.2", sentence: "Again.", count: 5, lastAt: AT + 9, firstAt: AT + 8 })],
    ]);
    expect(rows.map(({ reason, udid, count }) => [reason, udid, count])).toEqual([
      ["certificate-of-another-device", "U1", 6],
      ["certificate-of-another-device", "U2", 1],
      ["certificate-ended", "U1", 1],
    ]);
    expect(rows[0]).toMatchObject({ address: "192.0.2.2", sentence: "Again.", firstAt: AT, lastAt: AT + 9 });
  });

  it("take their owner from the certificate where nobody has named one", () => {
    const { rows, entries } = after([[refusal({ owner: null, reason: "message-invalid" })]], { f1: "e7" });
    expect(rows[0]?.owner).toBe("e7");
    expect(entries).toMatchObject([{ enrollmentId: "e7", kind: "message-rejected", at: 7 }]);
  });

  it.each<[string, number, number]>([
    ["stand on the owner's timeline once", 0, 1],
    ["do not stand there again within a day", DAY - 1, 1],
    ["stand there again after a day", DAY, 2],
  ])("%s", (_title, later, entries) => {
    const found = after([[refusal()], [refusal({ firstAt: AT + later, lastAt: AT + later })]]);
    expect(found.entries).toHaveLength(entries);
  });

  it("name 20 UDIDs for one certificate and 200 for none, and count the others together", () => {
    const many = (fingerprint: string | null) =>
      Array.from({ length: 300 }, (_, n) => refusal({ udid: `U${n}`, fingerprint, owner: fingerprint }));
    const { rows, entries } = after([many("f1"), many(null)]);
    const of = (print: string | null) => rows.filter(({ fingerprint }) => fingerprint === print);
    expect([of("f1").length, of(null).length]).toEqual([21, 201]);
    expect(of("f1").find(({ udid }) => udid === null)?.count).toBe(280);
    expect(entries).toHaveLength(21);
  });

  it("are 1,000 rows at most; those of a reason with many rows push out none of another", () => {
    const many = Array.from({ length: 1200 }, (_, n) =>
      refusal({ reason: "certificate-foreign", fingerprint: `f${n}`, owner: null, firstAt: AT + n, lastAt: AT + n }),
    );
    const { rows } = after([[refusal()], many.slice(0, 700), many.slice(700)]);
    expect(rows).toHaveLength(1000);
    expect(rows.some(({ reason }) => reason === "certificate-of-another-device")).toBe(true);
    expect(rows.some(({ fingerprint }) => fingerprint === "f1199")).toBe(true);
    expect(rows.some(({ fingerprint }) => fingerprint === "f0")).toBe(false);
  });

  it("are forgotten by age", () => {
    const { rows } = after([[refusal(), refusal({ udid: "U2", lastAt: AT + 1 })]]);
    const dropped = (before: number) => forgetRefusals.decide({ before }, { kept: rows }).writes.length;
    expect([dropped(AT), dropped(AT + 1), dropped(AT + 2)]).toEqual([0, 1, 2]);
  });

  it("go 30 days after they were last counted", () => {
    const later = AT + 30 * 24 * 3_600_000;
    const left = (at: number) => after([[refusal()], [refusal({ udid: "U2", firstAt: at, lastAt: at })]]).rows.length;
    expect([left(later), left(later + 1)]).toEqual([2, 1]);
  });
});
