/** The one table of settings. Flags, variables, file keys, checks and docs/configuration.md all come from it. */
import {
  addresses,
  databaseUrl,
  dataKeySource,
  headerName,
  hostPort,
  httpsAddress,
  httpsFolder,
  httpsUrl,
  issuerUrl,
  type Kind,
  oneOf,
  path,
  roleMap,
  scopes,
  text,
  timeZone,
  webOrigin,
  wholeNumber,
} from "./kinds.ts";

export interface Setting<T = unknown> {
  readonly kind: Kind<T>;
  /** As a user would write it; absent: the setting has no value until it is given one. */
  readonly fallback?: string;
  readonly doc: string;
  /** Its value is never repeated in an error. */
  readonly secret?: true;
}

export const SETTINGS = {
  dataDir: {
    kind: path,
    fallback: "./uptick-data",
    doc: "Directory of the database, the CA and the data key. Only one process at a time may use it. With `database`, it contains only the data key.",
  },
  database: {
    kind: databaseUrl,
    doc: "Experimental: a PostgreSQL database (12 or later, UTF-8) instead of the one in `data-dir`; its user must have the right to create tables. Use the variable rather than the flag, because every user of the machine can read flags. Without a password in the URL, `PGPASSWORD` and `~/.pgpass` are used. Several processes may use one database: give all of them the same settings and `data-key`, and synchronize their clocks. `push-rate` applies to each process. Connect directly or through a proxy that pools sessions, not transactions. Make a backup before a newer version starts, and stop all older ones.",
    secret: true,
  },
  deviceListen: {
    kind: hostPort,
    fallback: "0.0.0.0:8443",
    doc: "Where the MDM endpoint listens: `/mdm` with mutual TLS, SCEP and enrollment links.",
  },
  webListen: {
    kind: hostPort,
    fallback: "127.0.0.1:8080",
    doc: "Where the admin API listens: plain HTTP, with `/healthz` and `/readyz`. Put a TLS proxy in front of it before you open it to other machines.",
  },
  metricsListen: {
    kind: hostPort,
    doc: "Where the metrics for Prometheus are served at `/metrics`, without a token and over plain HTTP: use an address that only your monitoring can reach, such as `127.0.0.1:9464`. Without it, `/metrics` is at the admin API alone, with a token.",
  },
  webUrl: {
    kind: webOrigin,
    doc: "The address at which browsers reach the admin API, through your TLS proxy. Cookies of sessions are then sent over TLS only, and requests with a session are accepted from pages of this origin. Without it, the `Host` header of each request counts, and `X-Forwarded-Proto` of `web-proxies`.",
  },
  oidcIssuer: {
    kind: issuerUrl,
    doc: "Issuer of the OpenID Connect provider by which people can sign in; `oidc-client-id`, `oidc-role-map` and `web-url` are needed too. Register `WEB-URL/api/v1/session/oidc/callback` there as the redirect URI. If its certificate is from a private CA, name that CA in `NODE_EXTRA_CA_CERTS`. See docs/access.md.",
  },
  oidcClientId: { kind: text, doc: "The client's id at the provider." },
  oidcClientSecretFile: {
    kind: path,
    doc: "File with the client's secret at the provider. Without it, the client is a public one.",
  },
  oidcRoleClaim: {
    kind: text,
    fallback: "groups",
    doc: "The claim whose values `oidc-role-map` maps to roles. A dot leads into an object, as in `realm_access.roles`.",
  },
  oidcRoleMap: {
    kind: roleMap,
    doc: "Which values of `oidc-role-claim` give which role. Of several, the highest counts. A person without any of them can't sign in.",
  },
  oidcScopes: {
    kind: scopes,
    fallback: "openid profile email",
    doc: "What is asked of the provider. Some need another scope for the groups.",
  },
  publicUrl: {
    kind: httpsUrl,
    doc: "The address at which devices reach the MDM endpoint. It goes into every enrollment profile, so it must stay the same for as long as a device is enrolled.",
  },
  publicUrlChange: {
    kind: oneOf("refuse", "accept"),
    fallback: "refuse",
    doc: "`accept`: start with a new `public-url` although devices are enrolled with the former one; these devices do not use the new one until they enroll again.",
  },
  tlsCert: {
    kind: path,
    doc: "PEM file with the certificate of the MDM endpoint and its chain. Without it, the server's own CA issues one for the host of `public-url`.",
  },
  tlsKey: { kind: path, doc: "PEM file with the private key of `tls-cert`." },
  dataKey: {
    kind: dataKeySource,
    doc: "Source of the key that seals stored secrets, 32 bytes in base64. Without it, the key is in the file `data-key` in `data-dir`, which the first start creates.",
    secret: true,
  },
  signMessages: {
    kind: oneOf("yes", "no"),
    fallback: "no",
    doc: "`yes`: new enrollment profiles tell devices to sign every message (`SignMessage`), so that the server can identify them behind a proxy that ends TLS. The server accepts signatures with both values.",
  },
  trustedProxies: {
    kind: addresses,
    doc: "Proxies that end TLS in front of the MDM endpoint, ask devices for their certificate and pass it in `client-cert-header`. They must remove that header from requests that they receive.",
  },
  webProxies: {
    kind: addresses,
    doc: "Proxies in front of the admin API whose `X-Forwarded-For` and `X-Forwarded-Proto` the server trusts: the audit and the log then show that client's address. From any other address the header is ignored.",
  },
  clientCertHeader: {
    kind: headerName,
    fallback: "Client-Cert",
    doc: "Header in which a trusted proxy passes the device's certificate: in the form of RFC 9440, or as PEM escaped as in a URL or a form. It must occur once and contain exactly one certificate. From any other address it is ignored.",
  },
  apnsHost: { kind: hostPort, fallback: "api.push.apple.com:443", doc: "Apple's push service." },
  apnsCa: {
    kind: path,
    doc: "PEM file with a CA to trust for `apns-host` instead of the system's. For tests.",
  },
  catalogFetch: {
    kind: oneOf("daily", "off"),
    fallback: "daily",
    doc: "`daily`: the server fetches Apple's list of releases once a day between 18:00 and 21:00 UTC. `off`: only `uptick catalog fetch` and `uptick catalog import` renew it.",
  },
  lookupServiceUrl: {
    kind: httpsAddress,
    fallback: "https://gdmf.apple.com/v2/pmv",
    doc: "Apple's Software Lookup Service, from which the list of releases is fetched. Redirects are not followed, and HTTP proxies are not supported.",
  },
  lookupServiceCa: {
    kind: path,
    doc: "PEM file with the CAs to trust for `lookup-service-url` instead of Apple's root certificate, which Uptick contains. For a mirror, or a proxy that opens TLS connections.",
  },
  cveFeedUrl: {
    kind: httpsFolder,
    doc: "Address of SOFA's feeds of CVEs, version 2, or of a mirror: under it the server fetches `ios_data_feed.json`, `macos_data_feed.json`, `tvos_data_feed.json` and `visionos_data_feed.json` after each daily fetch of Apple's list. Without it, no feed is fetched, and `uptick catalog import-cves` is the only source of CVEs. It needs `catalog-fetch` `daily`. Redirects are not followed, and HTTP proxies are not supported.",
  },
  cveFeedCa: {
    kind: path,
    doc: "PEM file with the CAs to trust for `cve-feed-url` instead of the public ones. For a mirror, or a proxy that opens TLS connections.",
  },
  webhookAllow: {
    kind: addresses,
    doc: "Networks that webhooks may reach though they are not public, such as `10.20.0.0/16`; also by http. Without it, a webhook whose name leads to a private, local or otherwise special address is refused at each attempt.",
  },
  webhookCa: {
    kind: path,
    doc: "PEM file with the CAs to trust for webhooks in addition to the public ones.",
  },
  pushRate: {
    kind: wholeNumber(1, 100_000),
    fallback: "200",
    doc: "Maximum number of pushes per second. Apple gives no limit for MDM pushes. The limit protects this server, because a device that is switched on connects as soon as it gets its push, and a new TLS connection is most of what that costs: at 200 per second these connections take about half of a core, and 100,000 pushes take 8 minutes and 20 seconds. Behind a proxy that ends TLS, a higher rate is possible.",
  },
  defaultZone: {
    kind: timeZone,
    doc: "Time zone of deadlines and windows for a device that has not reported its own. Without it UTC is assumed, and a deadline must be in the future in every time zone.",
  },
  logLevel: {
    kind: oneOf("debug", "info", "warn", "error"),
    fallback: "info",
    doc: "Lowest level of log lines that are written.",
  },
  logFormat: {
    kind: oneOf("json", "pretty"),
    fallback: "json",
    doc: "`json`: one JSON object per line; `pretty`: text for people.",
  },
  identityDays: {
    kind: wholeNumber(1, 3650),
    fallback: "730",
    doc: "Validity of a device's identity certificate in days. Uptick renews it automatically from 60 days before its end, or in the last third of a shorter validity.",
  },
  identityCa: {
    kind: path,
    doc: "PEM file with the certificates of other CAs whose device identities are accepted in addition to those of the server's CA: the CAs that sign them, including intermediates. Enrollment profiles still use the server's CA.",
  },
  expiredIdentities: {
    kind: oneOf("accept", "refuse"),
    fallback: "accept",
    doc: "Whether a device with an expired identity is still accepted. With `refuse`, devices that were off for a long time must enroll again.",
  },
  accessRights: {
    kind: wholeNumber(1, 8191),
    fallback: "7191",
    doc: "`AccessRights` of the enrollment profile, a sum of Apple's bits. A renewal can't add rights; for that, devices must enroll again.",
  },
  organization: { kind: text, fallback: "Uptick", doc: "Name that the enrollment profile shows on the device." },
  historyDays: {
    kind: wholeNumber(1, 36_500),
    fallback: "400",
    doc: "Number of days that timelines and the answers to finished commands are stored. If a raw command is repeated after its answer was deleted, it is sent again.",
  },
  silentDays: {
    kind: wholeNumber(1, 60),
    fallback: "7",
    doc: "Days without contact after which a device has the flag `silent`, and its class is `unknown` if a newer release may be offered to its model. A change applies to all devices within a few minutes of the start. The gate of rings does not use it.",
  },
  auditDays: {
    kind: wholeNumber(2, 36_500),
    doc: "Number of days that the audit log is stored, and which versions each device ran (`uptick report`). Without it: 400, or `history-days` where that is more. An audit that is made once a year so sees the whole year and has a month for it.",
  },
  lastSeenFlush: {
    kind: wholeNumber(0, 3_600_000),
    fallback: "5000",
    doc: "Milliseconds between writes of the devices' last contacts. A crash loses at most the contacts of this time.",
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

type ValueOf<S> = S extends { readonly kind: Kind<infer T> }
  ? S extends { readonly fallback: string }
    ? T
    : T | undefined
  : never;

/** Every setting, read and checked. Undefined only where the table has no fallback. */
export type Config = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };

/** Variables with our prefix that are no setting of the server: the CLI's own, and the switch of the test run. */
export const OTHER_VARIABLES: readonly string[] = [
  "UPTICK_CONFIG",
  "UPTICK_URL",
  "UPTICK_TOKEN",
  "UPTICK_P12_PASSPHRASE",
  "UPTICK_NO_SKIP",
];

/** "dataDir" → "data-dir": the key in the file, and the flag after two dashes. */
export function fileKey(name: SettingName): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** "dataDir" → "UPTICK_DATA_DIR" */
export function variable(name: SettingName): string {
  return `UPTICK_${fileKey(name).replaceAll("-", "_").toUpperCase()}`;
}
