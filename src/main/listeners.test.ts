import dns from "node:dns";
import { afterEach, describe, expect, it, vi } from "vitest";
import Fastify from "fastify";
import { listen } from "./listeners.ts";

const app = Fastify();
afterEach(() => app.close());

describe("a host with several addresses", () => {
  it("is listened to on one: what is set up on a server is on one server only", async () => {
    const both = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
    const real = dns.lookup as (...given: unknown[]) => void;
    vi.spyOn(dns, "lookup").mockImplementation(((...given: [string, object, (error: null, found: object) => void]) =>
      given[0] === "localhost" && "all" in given[1] ? given[2](null, both) : real(...given)) as never);
    await listen(app, { host: "localhost", port: 0 }, "device-listen");
    expect(app.addresses()).toMatchObject([{ address: "127.0.0.1" }]);
  });
});

describe("a host that has no address", () => {
  it("is refused with the name of its setting", async () => {
    const refused = listen(Fastify(), { host: "nowhere.invalid", port: 0 }, "device-listen");
    await expect(refused).rejects.toMatchObject({
      code: "listen-failed",
      message: expect.stringContaining("device-listen"),
    });
  });
});
