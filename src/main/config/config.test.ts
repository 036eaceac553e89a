import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUptickError } from "../../errors/index.ts";
import { renderConfigDocs } from "./docs.ts";
import { type ConfigSources, loadConfig, requireSetting } from "./load.ts";
import { fileKey, SETTING_NAMES, SETTINGS, variable } from "./settings.ts";

function load(given: { argv?: string[]; env?: ConfigSources["env"]; file?: unknown } = {}) {
  const file = typeof given.file === "string" ? given.file : JSON.stringify(given.file);
  const argv = [...(given.file === undefined ? [] : ["--config", "u.json"]), ...(given.argv ?? [])];
  return loadConfig({ argv, env: given.env ?? {}, readFile: () => file });
}

function messageOf(given: Parameters<typeof load>[0]): string {
  try {
    load(given);
  } catch (error) {
    if (isUptickError(error) && error.code === "config-invalid") return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

describe("configuration", () => {
  it("has a readable fallback for each setting that has one", () => {
    expect(load()).toEqual({
      dataDir: "./uptick-data",
      database: undefined,
      deviceListen: { host: "0.0.0.0", port: 8443 },
      webListen: { host: "127.0.0.1", port: 8080 },
      webUrl: undefined,
      oidcIssuer: undefined,
      oidcClientId: undefined,
      oidcClientSecretFile: undefined,
      oidcRoleClaim: "groups",
      oidcRoleMap: undefined,
      oidcScopes: "openid profile email",
      publicUrl: undefined,
      publicUrlChange: "refuse",
      tlsCert: undefined,
      tlsKey: undefined,
      dataKey: undefined,
      apnsHost: { host: "api.push.apple.com", port: 443 },
      apnsCa: undefined,
      catalogFetch: "daily",
      lookupServiceUrl: "https://gdmf.apple.com/v2/pmv",
      lookupServiceCa: undefined,
      cveFeedUrl: undefined,
      cveFeedCa: undefined,
      signMessages: "no",
      trustedProxies: undefined,
      webProxies: undefined,
      clientCertHeader: "client-cert",
      pushRate: 200,
      logLevel: "info",
      logFormat: "json",
      accessRights: 7191,
      organization: "Uptick",
      expiredIdentities: "accept",
      historyDays: 400,
      silentDays: 7,
      identityCa: undefined,
      identityDays: 730,
      lastSeenFlush: 5000,
    });
  });

  it("takes flags before variables before the file before the fallback", () => {
    const file = { "push-rate": 1, organization: "file", "log-level": "debug" };
    const env = { UPTICK_PUSH_RATE: "2", UPTICK_ORGANIZATION: "variable" };
    const config = load({ argv: ["--push-rate", "3"], env, file });
    expect(config).toMatchObject({ pushRate: 3, organization: "variable", logLevel: "debug", logFormat: "json" });
  });

  it("takes --name value and --name=value alike", () => {
    expect(load({ argv: ["--organization=a=b c"] }).organization).toBe("a=b c");
    expect(load({ argv: ["--organization", "a=b c"] }).organization).toBe("a=b c");
    expect(load({ argv: ["--organization", "-x"] }).organization).toBe("-x");
    expect(load({ argv: ["--organization=--x"] }).organization).toBe("--x");
  });

  it("finds the file by UPTICK_CONFIG, and by --config first", () => {
    const readFile = (path: string) => JSON.stringify({ organization: path });
    const env = { UPTICK_CONFIG: "by-variable" };
    expect(loadConfig({ argv: [], env, readFile }).organization).toBe("by-variable");
    expect(loadConfig({ argv: ["--config=by-flag"], env, readFile }).organization).toBe("by-flag");
  });

  it("counts an empty variable as not set", () => {
    expect(load({ env: { UPTICK_PUSH_RATE: "" } }).pushRate).toBe(200);
  });

  it("leaves the variables of others alone", () => {
    expect(() => load({ env: { PATH: "x", UPTICK_TOKEN: "x", UPTICK_URL: "x", UPTICK_NO_SKIP: "1" } })).not.toThrow();
  });

  it("knows the variable that the data key comes from", () => {
    const env = { UPTICK_SEALING: "x", UPTICK_DATA_KEY: "env:UPTICK_SEALING" };
    expect(load({ env }).dataKey).toEqual({ kind: "env", name: "UPTICK_SEALING" });
    expect(messageOf({ env: { UPTICK_SEALING: "x" } })).toContain("UPTICK_SEALING");
    const file = { "data-key": "env:UPTICK_OTHER" };
    expect(load({ env: { ...env, UPTICK_DATA_KEY: "env:UPTICK_SEALING" }, file }).dataKey).toMatchObject({
      kind: "env",
    });
    expect(messageOf({ env: { UPTICK_OTHER: "x", UPTICK_DATA_KEY: "env:KEY" }, file })).toContain("UPTICK_OTHER");
  });

  it.each([
    ["flag", { argv: ["--data-dri", "x"] }, "Unknown flag --data-dri. Did you mean --data-dir?"],
    ["variable", { env: { UPTICK_PUSHRATE: "1" } }, "Unknown variable UPTICK_PUSHRATE. Did you mean UPTICK_PUSH_RATE?"],
    ["key", { file: { pushRate: 1 } }, "Unknown key in u.json: pushRate. Did you mean push-rate?"],
  ])("refuses an unknown %s and names the nearest known", (_what, given, message) => {
    expect(messageOf(given)).toBe(message);
  });

  it.each([
    [{ argv: ["serve"] }, "Unexpected argument serve: settings are given as --name value."],
    [{ argv: ["--push-rate"] }, "The flag --push-rate needs a value: --push-rate VALUE."],
    [{ argv: ["--organization=x", "rest"] }, "Unexpected argument rest: settings are given as --name value."],
    [{ argv: ["-x"] }, "Unexpected argument -x: settings are given as --name value."],
    [{ argv: ["--data-dri=x"] }, "Unknown flag --data-dri. Did you mean --data-dir?"],
    [{ argv: ["--config=other.json"], file: {} }, "The flag --config is given twice."],
    [
      { argv: ["--organization=x", "--push-rate", "--config"] },
      "The flag --push-rate needs a value: --push-rate VALUE.",
    ],
    [{ argv: ["--tls-cert", "--tls-key"] }, "The flag --tls-cert needs a value: --tls-cert VALUE."],
    [{ argv: ["--push-rate=1", "--push-rate=1"] }, "The flag --push-rate is given twice."],
    [{ file: "{" }, "The configuration file u.json is not JSON."],
    [{ file: [1] }, "The configuration file u.json is not one JSON object."],
    [{ file: { "push-rate": [1] } }, "The setting push-rate in u.json must be a text or a number."],
    [{ argv: ["--tls-cert=x"] }, "The setting tls-cert is given without tls-key: give both or neither."],
    [
      { argv: ["--cve-feed-url=https://feeds.example.org", "--catalog-fetch=off"] },
      "The setting cve-feed-url is given and catalog-fetch is off: feeds are fetched after Apple's list only.",
    ],
    [
      { argv: ["--oidc-issuer=https://login.example.org"] },
      "The setting oidc-issuer is given without oidc-client-id: give both or neither.",
    ],
    [
      { argv: ["--oidc-issuer=https://login.example.org", "--oidc-client-id=a", "--oidc-role-map=a=admin"] },
      "The setting oidc-issuer is given without web-url: give both or neither.",
    ],
    [
      { argv: ["--oidc-role-map=a=admin"] },
      "The setting oidc-role-map is given without oidc-issuer: give both or neither.",
    ],
    [{ argv: ["--tls-key=x"] }, "The setting tls-key is given without tls-cert: give both or neither."],
  ])("refuses %j", (given, message) => {
    expect(messageOf(given)).toBe(message);
  });

  it("names setting, source and expected form of a bad value from each source", () => {
    const end = 'is "0"; expected a whole number from 1 to 100000.';
    expect(messageOf({ argv: ["--push-rate", "0"] })).toBe(`The setting push-rate (from --push-rate) ${end}`);
    expect(messageOf({ env: { UPTICK_PUSH_RATE: "0" } })).toBe(`The setting push-rate (from UPTICK_PUSH_RATE) ${end}`);
    expect(messageOf({ file: { "push-rate": 0 } })).toBe(`The setting push-rate (from "push-rate" in u.json) ${end}`);
  });

  it("does not repeat the value of a secret setting", () => {
    expect(messageOf({ argv: ["--data-key=env:not-a-name"] })).not.toContain("not-a-name");
    const key = Buffer.alloc(32, 7).toString("base64");
    expect(messageOf({ argv: ["--data-key", key] })).not.toContain(key);
    for (const url of ["mysql://u:hidden@h/d", "postgres://u:hidden@h", "postgres://u:hidden @h:x/d", "hidden"])
      expect(messageOf({ env: { UPTICK_DATABASE: url } })).not.toContain("hidden");
  });

  it("says that the file can't be read, and how to name another", () => {
    const readFile = () => {
      throw new Error("ENOENT");
    };
    expect(() => loadConfig({ argv: ["--config", "gone.json"], env: {}, readFile })).toThrow(
      "The configuration file gone.json can't be read.",
    );
  });

  it("asks for a setting that a command can't do without", () => {
    expect(() => requireSetting(load(), "publicUrl")).toThrow("The setting public-url is missing");
    const config = load({ argv: ["--public-url=https://mdm.example.org"] });
    expect(requireSetting(config, "publicUrl")).toBe("https://mdm.example.org");
  });
});

describe("kinds of settings", () => {
  const kinds: readonly (readonly [keyof typeof SETTINGS, string, unknown])[] = [
    ["deviceListen", "[::1]:0", { host: "::1", port: 0 }],
    ["deviceListen", "mdm.example.org:443", { host: "mdm.example.org", port: 443 }],
    ["deviceListen", "::1:443", undefined],
    ["deviceListen", "host:65536", undefined],
    ["deviceListen", ":443", undefined],
    ["deviceListen", "host", undefined],
    ["publicUrl", "https://mdm.example.org:8443/", "https://mdm.example.org:8443"],
    ["webUrl", "https://uptick.example.org/", "https://uptick.example.org"],
    ["webUrl", "http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["webUrl", "http://[::1]:8080", "http://[::1]:8080"],
    ["webUrl", "http://localhost", "http://localhost"],
    ["webUrl", "http://uptick.example.org", undefined],
    ["webUrl", "http://127.0.0.1.example.org", undefined],
    ["webUrl", "https://uptick.example.org/console", undefined],
    ["webUrl", "https://a:b@uptick.example.org", undefined],
    ["oidcIssuer", "https://login.example.org/realm", "https://login.example.org/realm"],
    ["oidcIssuer", "https://login.example.org/", "https://login.example.org/"],
    ["oidcIssuer", "http://127.0.0.1:4000", "http://127.0.0.1:4000"],
    ["oidcIssuer", "http://login.example.org", undefined],
    ["oidcIssuer", "https://login.example.org/?x=1", undefined],
    ["oidcRoleMap", "it=operator", [{ value: "it", role: "operator" }]],
    [
      "oidcRoleMap",
      "cn=it,dc=example=operator; Uptick Admins=admin",
      [
        { value: "cn=it,dc=example", role: "operator" },
        { value: "Uptick Admins", role: "admin" },
      ],
    ],
    ["oidcRoleMap", "it=owner", undefined],
    [
      "oidcRoleMap",
      "it=operator, leads=admin",
      [
        { value: "it", role: "operator" },
        { value: "leads", role: "admin" },
      ],
    ],
    ["oidcRoleMap", "cn=it,dc=example=operator", undefined],
    ["oidcRoleMap", "it=operator,", undefined],
    ["oidcRoleMap", "operator", undefined],
    ["oidcRoleMap", "it=operator,x", undefined],
    ["oidcRoleMap", "=admin", undefined],
    ["oidcScopes", "openid groups", "openid groups"],
    ["oidcScopes", "profile", undefined],
    ["publicUrl", "http://mdm.example.org", undefined],
    ["publicUrl", "https://mdm.example.org/mdm", undefined],
    ["publicUrl", "https://a:b@mdm.example.org", undefined],
    ["publicUrl", "mdm.example.org", undefined],
    [
      "lookupServiceUrl",
      "https://mirror.example.org:8443/apple/pmv?v=2",
      "https://mirror.example.org:8443/apple/pmv?v=2",
    ],
    ["lookupServiceUrl", "http://gdmf.apple.com/v2/pmv", undefined],
    ["lookupServiceUrl", "https://a:b@gdmf.apple.com/v2/pmv", undefined],
    ["lookupServiceUrl", "https://gdmf.apple.com/v2/pmv#x", undefined],
    ["lookupServiceUrl", "gdmf.apple.com", undefined],
    ["cveFeedUrl", "https://feeds.example.org/v2", "https://feeds.example.org/v2/"],
    ["cveFeedUrl", "https://feeds.example.org:8443/v2/", "https://feeds.example.org:8443/v2/"],
    ["cveFeedUrl", "https://feeds.example.org", "https://feeds.example.org/"],
    ["cveFeedUrl", "http://feeds.example.org/v2", undefined],
    ["cveFeedUrl", "https://a:b@feeds.example.org/v2", undefined],
    ["cveFeedUrl", "https://feeds.example.org/v2?x=1", undefined],
    ["cveFeedUrl", "https://feeds.example.org/v2#x", undefined],
    ["cveFeedUrl", "feeds.example.org", undefined],
    ["catalogFetch", "off", "off"],
    ["catalogFetch", "hourly", undefined],
    ["dataKey", "/etc/uptick/key", { kind: "file", path: "/etc/uptick/key" }],
    ["dataKey", "env:KEY", { kind: "env", name: "KEY" }],
    ["dataKey", "command:pass show key", { kind: "command", command: "pass show key" }],
    ["dataKey", "command:", undefined],
    ["dataKey", " ", undefined],
    ["defaultZone", "Europe/Berlin", "Europe/Berlin"],
    ["defaultZone", "Europe/Berln", undefined],
    ["defaultZone", "+02:00", undefined],
    ["pushRate", "1e3", undefined],
    ["pushRate", "-1", undefined],
    ["pushRate", "100001", undefined],
    ["logLevel", "warn", "warn"],
    ["logLevel", "WARN", undefined],
    ["organization", " ", undefined],
    ["silentDays", "0", undefined],
    ["silentDays", "1", 1],
    ["silentDays", "60", 60],
    ["silentDays", "61", undefined],
    ["accessRights", "8192", undefined],
  ];
  it.each(kinds)("reads %s from %j as %j", (name, text, value) => {
    expect(SETTINGS[name].kind.read(text)).toEqual(value);
  });

  it("read every whole number in range and no other", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 200_000 }), (n) => {
        expect(SETTINGS.pushRate.kind.read(String(n))).toBe(n >= 1 && n <= 100_000 ? n : undefined);
      }),
    );
  });
});

describe("docs/configuration.md", () => {
  it("is what the table of settings says (npm run docs writes it)", () => {
    const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
    expect(page).toBe(renderConfigDocs());
  });

  it("has one heading for each setting, with flag and variable", () => {
    const page = renderConfigDocs();
    for (const name of SETTING_NAMES) {
      expect(page.split(`\n## ${fileKey(name)}\n`)).toHaveLength(2);
      expect(page).toContain(`\`--${fileKey(name)} VALUE\``);
      expect(page).toContain(`\`${variable(name)}\``);
    }
  });
});
