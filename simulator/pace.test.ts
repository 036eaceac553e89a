import { describe, expect, it } from "vitest";
import { beatsOf, createGate } from "./pace.ts";
import type { EnrollmentProfile } from "./profile.ts";
import { profileAt } from "./profile.ts";

describe("gate", () => {
  it("never lets in more than it has places, and everyone in the end", async () => {
    const gate = createGate(3);
    let [inside, most, done] = [0, 0, 0];
    const visit = async (): Promise<void> => {
      const leave = await gate.enter();
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      done++;
      leave();
      // Leaving twice gives no place away.
      leave();
    };
    await Promise.all(Array.from({ length: 20 }, visit));
    expect([most, done]).toEqual([3, 20]);
  });
});

describe("beats of a device", () => {
  it("begin anywhere in an interval and keep to it within a tenth, the same for the same seed", () => {
    const pace = { pollEvery: 1000, enrolAtOnce: 1 };
    const firsts = Array.from({ length: 50 }, (_, index) => beatsOf(pace, `s/${index}`)());
    expect([Math.min(...firsts) < 200, Math.max(...firsts) > 800]).toEqual([true, true]);
    const [one, other] = [beatsOf(pace, "s"), beatsOf(pace, "s")];
    expect(one()).toBe(other());
    const beats = Array.from({ length: 50 }, one);
    expect(beats.every((ms) => ms >= 900 && ms < 1100)).toBe(true);
    expect(beats.slice(0, 9)).toEqual(Array.from({ length: 9 }, other));
  });
});

describe("a profile whose server stands elsewhere", () => {
  const at = (scepUrl: string): EnrollmentProfile =>
    profileAt(
      {
        scep: { url: scepUrl },
        mdm: { serverUrl: "https://mdm.example/mdm?a=1", checkInUrl: "https://mdm.example/checkin" },
      } as EnrollmentProfile,
      "https://localhost:8443",
    );

  it("leads every URL of that host there, path and query unchanged", () => {
    const { mdm, scep } = at("https://mdm.example/scep");
    expect([mdm.serverUrl, mdm.checkInUrl, scep.url]).toEqual([
      "https://localhost:8443/mdm?a=1",
      "https://localhost:8443/checkin",
      "https://localhost:8443/scep",
    ]);
  });

  it("leaves another SCEP server where it is", () => {
    expect(at("http://ca.example:8080/scep").scep.url).toBe("http://ca.example:8080/scep");
  });
});
