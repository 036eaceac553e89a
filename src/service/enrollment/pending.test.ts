/** How many certificates wait for the admin at one enrollment: five, and the oldest makes room. */
import { describe, expect, it } from "vitest";
import { certificateRow } from "../../store/suite-rows.ts";
import { caller, enrollment, NOW } from "./one-device.suite.ts";
import { keepPending, MOST_PENDING, pendingOwner } from "./pending.ts";

describe("a certificate that waits", () => {
  const waiting = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      certificateRow(`w${n}`, { enrollmentId: null, pendingFor: "e1", issuedAt: NOW - count + n }),
    );

  it("is one of five at most", () => {
    expect(MOST_PENDING).toBe(5);
  });

  it.each<[number, readonly string[], boolean]>([
    [0, [], true],
    [1, [], true],
    [3, [], true],
    [4, [], true],
    [5, ["w0"], false],
    // As an earlier version may have left them.
    [7, ["w0", "w1", "w2"], false],
  ])("beside %i others drops %j", (count, dropped, told) => {
    const writes = keepPending(caller, enrollment(), waiting(count).toReversed());
    const gone = writes.flatMap((write) => ("drop" in write && write.drop === "certificate" ? [write.where] : []));
    expect(gone).toEqual(dropped.map((fingerprint) => ({ fingerprint })));
    const secrets = writes.flatMap((write) => ("drop" in write && write.drop === "secret" ? [write.where] : []));
    expect(secrets).toEqual(dropped.map((fingerprint) => ({ owner: pendingOwner(fingerprint) })));
    const kept = writes.flatMap((write) => ("insert" in write && write.insert === "certificate" ? [write.row] : []));
    expect(kept).toMatchObject([{ fingerprint: "f1", pendingFor: "e1", enrollmentId: null }]);
    expect(writes.some((write) => "insert" in write && write.insert === "timeline")).toBe(told);
  });
});
