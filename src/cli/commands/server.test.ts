import { describe, expect, it } from "vitest";
import { fakeService } from "../../http/admin/fake-service.suite.ts";
import { run } from "../world.suite.ts";

describe("the server's commands", () => {
  it("show what is missing", async () => {
    const { out } = await run(["status"]);
    expect(out).toContain("missing: the push certificate. uptick push import FILE");
  });

  it.each([["status"], ["refusals"]])(
    "show which requests were refused, whose certificate, and what to do: %s",
    async (name) => {
      const { out } = await run([name]);
      expect(out).toMatch(
        /ago, 3 times since 2026-08-20, from 192\.0\.2\.7: A device that calls itself UDID-2 showed .* \(certificate-of-another-device\)\n +certificate of Room 4 \/ left \(SERIAL1\), abab.*\n +Enroll it/,
      );
    },
  );

  it("say what an iPhone needs where the TLS certificate is the server's own", async () => {
    const status = await fakeService().service.status();
    expect((await run(["status"])).out).not.toContain("Certificate Trust Settings");
    const { out } = await run(["status"], { status: async () => ({ ...status, ownTls: true }) });
    expect(out).toContain("Settings > General > About > Certificate Trust Settings");
  });

  it("write the request for a push certificate, signed where a vendor's certificate is given, and say where it goes", async () => {
    const plain = await run(["push", "csr"]);
    expect([...plain.written.keys()]).toEqual(["push.csr"]);
    expect(plain.out).toMatch(/identity\.apple\.com\/pushcert[\s\S]*SAME certificate/);
    const signed = await run(["push", "csr", "--vendor", "v.pem"], {}, { files: { "v.pem": "-----BEGIN V" } });
    expect(signed.asked[0]).toEqual({ method: "pushRequest", args: ["-----BEGIN V"] });
    expect([...signed.written.keys()]).toEqual(["push-request.b64"]);
  });

  it("import a push certificate from a file", async () => {
    const { out, asked } = await run(["push", "import", "p.pem"], {}, { files: { "p.pem": "-----BEGIN X" } });
    expect(asked[0]).toEqual({ method: "importPush", args: ["-----BEGIN X"] });
    expect(out).toContain("com.apple.mgmt.External.x, ends 2027-08-21 12:00:00Z (in 365 days)");
  });

  it("show which time the server uses, and accept the system clock", async () => {
    const shown = await run(["clock"]);
    expect(shown.out).toContain(
      "The system clock says 2027-09-29T14:00:00.000Z. Uptick does not believe it and uses 2026",
    );
    expect(shown.out).toContain("from 2026-08-26T13:00:00.000Z on, or after uptick clock accept.");
    const accepted = await run(["clock", "accept"]);
    expect(accepted.asked.map(({ method }) => method)).toEqual(["acceptClock"]);
    expect(accepted.out).toBe("The system clock says 2027-09-29T14:00:00.000Z. Uptick uses it.\n");
  });

  it("make, list and revoke tokens", async () => {
    const made = await run(["token", "create", "ci"]);
    expect([made.out, made.asked[0]?.args]).toEqual(["made-once\n", ["ci"]]);
    expect((await run(["token", "list"])).out).toMatch(/tests +2 h ago/);
    const revoked = await run(["token", "revoke", "c/i"]);
    expect([revoked.code, revoked.asked[0]?.args]).toEqual([0, ["c/i"]]);
    expect((await run(["token", "revoke", "tests"])).err).toContain("code: token-last");
  });
});
