import Fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { TOKEN } from "../http/admin/fake-rows.suite.ts";
import { runCli } from "./index.ts";
import { run, serve, world } from "./world.suite.ts";

describe("connection", () => {
  it("says what to do when nothing answers", async () => {
    const { url, close } = await serve();
    await close();
    const { io, err } = world(["devices"], { env: { UPTICK_TOKEN: TOKEN, UPTICK_URL: url } });
    expect(await runCli(io)).toBe(1);
    expect(err()).toContain(`Nothing answers at ${url}`);
    expect(err()).toContain("code: server-unreachable");
    expect(err()).toContain("uptick serve");
  });

  it("takes the address from UPTICK_URL with a path before the API's", async () => {
    let asked = "";
    const spy: typeof fetch = (input) => {
      asked = input instanceof Request ? input.url : input.toString();
      return Promise.reject(new TypeError("fetch failed"));
    };
    const env = { UPTICK_TOKEN: TOKEN, UPTICK_URL: "https://mdm.example.org/uptick/" };
    await runCli(world(["device", "a/b"], { env, fetch: spy }).io);
    expect(asked).toBe("https://mdm.example.org/uptick/api/v1/devices/a%2Fb");
    await runCli(world(["status"], { env: { UPTICK_TOKEN: TOKEN }, fetch: spy }).io);
    expect(asked).toBe("http://127.0.0.1:8080/api/v1/status");
  });

  it.each(["mdm.example.org", "ftp://mdm.example.org", "https://a:b@mdm.example.org", "https://mdm.example.org/?x"])(
    "refuses %s as an address without asking anything",
    async (url) => {
      const refuse: typeof fetch = () => Promise.reject(new Error("must not be called"));
      const { io, err } = world(["devices", "--url", url], { fetch: refuse });
      expect(await runCli(io)).toBe(1);
      expect(err()).toContain("code: request-invalid");
    },
  );

  it("takes the token from a file before the variable", async () => {
    const files = { token: `${TOKEN}\n` };
    expect((await run(["status", "--token-file", "token"], {}, { files, env: { UPTICK_TOKEN: "old" } })).code).toBe(0);
    const wrong = await run(["status"], {}, { env: { UPTICK_TOKEN: "wrong" } });
    expect([wrong.code, wrong.err.includes("code: unauthorized")]).toEqual([1, true]);
  });

  it("never repeats a token that can't be sent", async () => {
    const { code, err } = await run(["status"], {}, { env: { UPTICK_TOKEN: "secret-one\nsecret-two" } });
    expect(code).toBe(1);
    expect(err).toContain("code: token-missing");
    expect(err).not.toContain("secret");
  });

  it("says so when something else answers", async () => {
    const app = Fastify();
    onTestFinished(() => app.close());
    app.get("/api/v1/status", async () => ({ hello: "world" }));
    app.get("/api/v1/plans", async (_request, reply) => reply.redirect("https://elsewhere.example.org/"));
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    for (const argv of [["status"], ["devices"], ["plan", "list"]]) {
      const { io, err } = world([...argv, "--url", url]);
      expect(await runCli(io)).toBe(1);
      expect(err()).toContain("code: reply-invalid");
    }
  });

  it("shows the server's fault with only its request id", async () => {
    const { code, err } = await run(["status"], { "server.status": () => Promise.reject(new Error("vault")) });
    expect(code).toBe(1);
    expect(err).toMatch(/under request [0-9a-f-]{36}\.\n {2}code: internal/);
    expect(err).not.toContain("vault");
  });
});
