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
    const status = await fakeService().service.server.status();
    expect((await run(["status"])).out).not.toContain("Certificate Trust Settings");
    const { out } = await run(["status"], { "server.status": async () => ({ ...status, ownTls: true }) });
    expect(out).toContain("Settings > General > About > Certificate Trust Settings");
  });

  it("write the request for a push certificate, signed where a vendor's certificate is given, and say where it goes", async () => {
    const plain = await run(["push", "csr"]);
    expect([...plain.written.keys()]).toEqual(["push.csr"]);
    expect(plain.out).toMatch(/identity\.apple\.com\/pushcert[\s\S]*SAME certificate/);
    const signed = await run(["push", "csr", "--vendor", "v.pem"], {}, { files: { "v.pem": "-----BEGIN V" } });
    expect(signed.asked[0]).toEqual({ method: "server.pushRequest", args: ["-----BEGIN V"] });
    expect([...signed.written.keys()]).toEqual(["push-request.b64"]);
  });
});
