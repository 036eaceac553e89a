import { describe, expect, it } from "vitest";
import { loadConfig } from "../main/index.ts";
import { rehearsalFlags } from "./settings.ts";

const PUSH = { host: "127.0.0.1", port: 2197 };
const flagsOf = (...argv: string[]) => rehearsalFlags(["--rehearsal", ...argv], "/tmp/x", PUSH);

describe("what a rehearsal runs with", () => {
  it("is settings that the server takes, with its data in the temporary directory and no word to Apple", () => {
    const config = loadConfig({ argv: flagsOf(), env: {}, readFile: () => "" });
    expect(config).toMatchObject({
      dataDir: "/tmp/x/data",
      database: undefined,
      publicUrl: "https://localhost:8443",
      catalogFetch: "off",
      apnsHost: PUSH,
      webListen: { host: "127.0.0.1", port: 8080 },
    });
  });

  it("are other addresses where they are given, in both ways to write a flag", () => {
    const argv = flagsOf("--web-listen", "127.0.0.1:9000", "--device-listen=127.0.0.1:9443");
    expect(loadConfig({ argv, env: {}, readFile: () => "" })).toMatchObject({
      webListen: { port: 9000 },
      deviceListen: { port: 9443 },
      publicUrl: "https://localhost:9443",
    });
  });

  it.each([
    ["a directory with data", ["--data-dir", "/var/lib/uptick"], "--data-dir"],
    ["a database", ["--database=postgres://uptick@db/uptick"], "--database"],
    ["a configuration file", ["--config", "uptick.json"], "--config"],
    ["a real public address", ["--public-url=https://mdm.example.org"], "--public-url"],
    ["a word", ["now"], "now"],
    ["an address that others reach", ["--web-listen=0.0.0.0:8080"], "--web-listen"],
    ["no address", ["--device-listen"], "--device-listen"],
  ])("are never %s", (_what, argv, named) => {
    expect(() => flagsOf(...argv)).toThrow(
      expect.objectContaining({ code: "usage-invalid", message: expect.stringContaining(named) }),
    );
  });
});
