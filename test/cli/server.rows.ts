/** The server itself, who may use it, and how devices come to it. */
import { expect } from "vitest";
import { pushCertificate, readProfile } from "../../simulator/index.ts";
import type { AccountView, EnrollmentLink } from "../../src/contract/index.ts";
import type { Place } from "./place.ts";
import { asStranger, type Rows } from "./row.ts";

const TOPIC = "com.apple.mgmt.External.test";

const linksOf = async ({ uptick }: Place): Promise<readonly EnrollmentLink[]> =>
  (await uptick.web.get<{ rows: EnrollmentLink[] }>("/api/v1/enrollment-links")).rows;

const tokensOf = async ({ uptick }: Place): Promise<string[]> =>
  (await uptick.web.get<{ rows: { name: string }[] }>("/api/v1/tokens")).rows.map(({ name }) => name);

const accountsOf = async ({ uptick }: Place): Promise<readonly AccountView[]> =>
  (await uptick.web.get<{ rows: AccountView[] }>("/api/v1/accounts")).rows;

export const SERVER: Rows = {
  status: {
    happy: {
      line: ["status"],
      says: [
        /^Uptick \d+\.\d+\.\d+: 2 devices, \d\d OS releases known\n/,
        `push certificate: ${TOPIC}`,
        "Devices can enroll.",
      ],
    },
    // Nothing listens at the port of discard.
    sad: { line: ["status", "--url", "http://127.0.0.1:9"], code: "server-unreachable" },
  },
  clock: {
    happy: { line: ["clock"], says: [/^The system clock says \S+Z\. Uptick uses it\.\n$/] },
    sad: { line: ({ file }) => ["clock", "--token-file", file("absent")], code: "file-unreadable" },
  },
  report: {
    happy: {
      line: ["report"],
      says: [/^serial,udid,name,/, /\r\nONE,/, /,26\.5,23F77,/],
      aside: [/^\d devices at .*; by Apple's list of \d{4}-\d\d-\d\d, taken /],
    },
    sad: { line: ["report", "--at", "2020-01-01"], code: "report-date-unknown" },
  },
  audit: {
    happy: {
      line: ["audit", "--object", "device", "--since", "2026-08-01"],
      says: [/^WHEN +WHO +WHAT +ON +OUTCOME +FROM +CHANGE\n/, /token:first +setZone +device .*zone-invalid/],
    },
    sad: {
      line: ["audit", "--since", "yesterday"],
      code: "usage-invalid",
      remedy: "Write 24h or 7d, a date such as 2026-08-21 (UTC), or an instant such as 2026-08-21T12:00:00Z.",
    },
  },
  push: "group",
  "push import": {
    happy: {
      line: ({ file }) => ["push", "import", file("push.pem", pushCertificate(TOPIC).pem)],
      says: [`Push certificate for ${TOPIC}, ends `],
      then: async ({ uptick }) =>
        expect(await uptick.web.get("/api/v1/status")).toMatchObject({ push: { topic: TOPIC }, missing: [] }),
    },
    sad: { line: ({ file }) => ["push", "import", file("none.pem", "none")], code: "push-certificate-invalid" },
  },
  "push csr": {
    happy: {
      line: ["push", "csr"],
      says: ["push.csr: have an MDM vendor sign it", "https://identity.apple.com/pushcert"],
      then: ({ read }) => expect(read("push.csr").toString()).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/),
    },
    sad: { line: ({ file }) => ["push", "csr", "--vendor", file("vendor.pem", "none")], code: "certificate-invalid" },
  },
  token: "group",
  "token create": {
    happy: {
      line: ["token", "create", "ci", "--role", "admin", "--days", "90"],
      says: [/^uptick_\S{40,}\n$/],
      aside: ["The token is shown only this once.\n"],
      then: async ({ uptick }, { out }) => {
        const reply = await uptick.web.request("GET", "/api/v1/tokens", { token: out.trim() });
        expect(reply.json()).toMatchObject({ rows: expect.arrayContaining([expect.objectContaining({ name: "ci" })]) });
      },
    },
    sad: { line: ["token", "create", "first"], code: "token-exists" },
  },
  "token list": {
    happy: { line: ["token", "list"], says: [/^NAME +ROLE +MADE +BY +ENDS\n/, /\nfirst +admin +.* +system +never\n/] },
    sad: { line: asStranger("token", "list"), code: "unauthorized" },
  },
  "token revoke": {
    happy: {
      line: async ({ uptick }) => {
        await uptick.web.post("/api/v1/tokens", { name: "leaked" });
        return ["token", "revoke", "leaked"];
      },
      says: ["The token leaked is revoked.\n"],
      then: async (place) => expect(await tokensOf(place)).not.toContain("leaked"),
    },
    sad: { line: ["token", "revoke", "first"], code: "token-last" },
  },
  account: "group",
  "account create": {
    happy: {
      line: ({ file }) => [
        ...["account", "create", "Anna", "--role", "operator"],
        ...["--password-file", file("anna.password", "a long sentence\n")],
      ],
      says: [/^Anna: operator, active \([0-9a-f-]{36}\)\n$/],
      then: async (place) => expect(await accountsOf(place)).toMatchObject([{ name: "Anna", role: "operator" }]),
    },
    sad: {
      line: ({ file }) => [
        ...["account", "create", "Anna", "--role", "operator"],
        ...["--password-file", file("short.password", "too short\n")],
      ],
      code: "password-invalid",
    },
  },
  "account list": {
    happy: {
      line: ["account", "list"],
      says: [/^NAME +ROLE +STATE +BY +SIGNED IN +MADE +ID\n/, /\nAnna +operator +active +password +never +/],
    },
    sad: { line: asStranger("account", "list"), code: "unauthorized" },
  },
  "account edit": {
    happy: {
      line: ["account", "edit", "anna", "--role", "viewer", "--name", "Annika"],
      says: [/^Annika: viewer, active /],
      then: async (place) => expect(await accountsOf(place)).toMatchObject([{ name: "Annika", revision: 2 }]),
    },
    sad: { line: ["account", "edit", "nobody", "--role", "viewer"], code: "account-unknown" },
  },
  "account password": {
    happy: {
      line: ({ file }) => [
        ...["account", "password", "annika"],
        ...["--password-file", file("other.password", "another sentence\n")],
      ],
      says: ["The account Annika has its new password; its sessions have ended.\n"],
      then: async ({ uptick }) => {
        const body = { name: "annika", password: "another sentence" };
        expect(await uptick.web.post("/api/v1/session", body)).toMatchObject({ account: { name: "Annika" } });
      },
    },
    sad: {
      line: ["account", "password", "annika"],
      code: "request-invalid",
      remedy: "Give --password-file FILE, or - for stdin.",
    },
  },
  "account remove": {
    happy: {
      line: async ({ uptick }) => {
        await uptick.web.post("/api/v1/accounts", { name: "Gone", role: "viewer", password: "a long sentence" });
        return ["account", "remove", "gone"];
      },
      says: ["The account gone is removed.\n"],
      then: async (place) => expect(await accountsOf(place)).toMatchObject([{ name: "Annika" }]),
    },
    sad: { line: ["account", "remove", "nobody"], code: "account-unknown" },
  },
  enroll: {
    happy: {
      line: ["enroll", "--uses", "3", "--hours", "8", "--out", "lab.mobileconfig"],
      says: [/^lab\.mobileconfig: good for 3 devices until /, "hand it over as you would a password"],
      then: ({ read }) => expect(readProfile(read("lab.mobileconfig")).mdm).toMatchObject({ topic: TOPIC }),
    },
    sad: { line: ["enroll"], code: "not-ready", fresh: true },
  },
  "enroll link": {
    happy: {
      line: ["enroll", "link", "--uses", "30", "--note", "lab 3"],
      says: [/^https:\/\/localhost:\d+\/enroll\/\S+\n$/],
      aside: ["Good for 30 devices until ", "To revoke it: uptick enroll revoke "],
      then: async (place) => expect(await linksOf(place)).toMatchObject([{ note: "lab 3", uses: 30, state: "open" }]),
    },
    sad: { line: ["enroll", "link"], code: "not-ready", fresh: true },
  },
  "enroll links": {
    happy: {
      line: ["enroll", "links"],
      says: [
        /^ID +STATE +USED +DOWNLOADS +MADE +BY +ENDS +NOTE\n/,
        /\n[0-9a-f-]{36} +open +0 of 30 .* token:first .* lab 3\n/,
      ],
    },
    sad: { line: asStranger("enroll", "links"), code: "unauthorized" },
  },
  "enroll revoke": {
    happy: {
      line: async (place) => ["enroll", "revoke", (await linksOf(place))[0]?.id ?? ""],
      says: [/^The link [0-9a-f-]{36} is revoked; 0 devices had enrolled with it\.\n$/],
      then: async (place) => expect(await linksOf(place)).toMatchObject([{ state: "revoked" }]),
    },
    sad: { line: ["enroll", "revoke", "none"], code: "link-unknown" },
  },
};
