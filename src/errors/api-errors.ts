/** The admin API answers with these; the commands of `uptick` show them as they come. */
import type { ErrorEntry } from "./entry.ts";

export const API_ERRORS = {
  unauthorized: {
    status: 401,
    when: "The request carries no admin token, or one that is not known here.",
    remedy: "Send Authorization: Bearer TOKEN; the first start of the server prints a token once.",
  },
  "not-found": {
    status: 404,
    when: "Nothing is at this address.",
    remedy: "See docs/api.md for the addresses.",
  },
  "request-invalid": {
    status: 400,
    when: "The request's body, path or query does not fit the API.",
    remedy: "The message names the field; see docs/api.md.",
  },
  "request-too-large": {
    status: 413,
    when: "The request's body is larger than this address takes.",
    remedy: "Send less; docs/api.md names the limit of each address.",
  },
  "media-type-invalid": {
    status: 415,
    when: "The request's body has another media type than this address takes.",
    remedy: "Send the Content-Type that the message names.",
  },
  "server-busy": {
    status: 503,
    when: "The bodies of all requests that are being worked on take as much memory as they may together.",
    remedy: "Repeat the request after the seconds that Retry-After names, and send large ones one after the other.",
  },
  "store-conflict": {
    status: 409,
    when: "A row that was to be made exists already.",
    remedy: "Try again; report it if it comes again.",
  },
  internal: {
    status: 500,
    when: "An internal fault.",
    remedy: "See the server's log at the time of the request; report it if it comes again.",
  },
  "certificate-invalid": {
    status: 400,
    when: "A certificate or key can't be read or does not fit its purpose.",
    remedy: "Check the file; PEM is expected, certificate and private key together.",
  },
  "zone-invalid": {
    status: 400,
    when: "A time zone is not known.",
    remedy: "Write an IANA name such as Europe/Zurich or America/New_York.",
  },
  "device-unknown": {
    status: 404,
    when: "No device has this id, UDID, serial or name.",
    remedy: "List the devices with uptick devices and use an id from there.",
  },
  "device-ambiguous": {
    status: 409,
    when: "More than one device has this name or serial number.",
    remedy: "Use the id or the UDID of the device that is meant; the message names both.",
  },
  "not-quarantined": {
    status: 409,
    when: "The device is not in quarantine, no certificate waits for it, and no removal can be taken back.",
    remedy: "The devices that wait are listed by uptick adopt --all --dry-run.",
  },
  "certificate-ambiguous": {
    status: 409,
    when: "Several certificates wait for the device.",
    remedy:
      "Compare them on the device's page, and name one by its fingerprint: uptick adopt REF --certificate FINGERPRINT.",
  },
  "certificate-unknown": {
    status: 404,
    when: "No certificate with this fingerprint waits for the device.",
    remedy: "Take a fingerprint from the device's page: uptick device REF.",
  },
  "window-invalid": {
    status: 400,
    when: "An install window is not two different local times.",
    remedy: "Write it as HH:MM-HH:MM in the device's local time, such as 22:00-05:00.",
  },
  "deadline-invalid": {
    status: 400,
    when: "A deadline is not a local date and time.",
    remedy:
      "Write it as YYYY-MM-DDTHH:MM, such as 2026-08-28T17:00, which holds in each device's own time zone; or as an instant, such as 2026-08-28T17:00+02:00.",
  },
  "plan-invalid": {
    status: 400,
    when: "A plan asks for something that does not fit together.",
    remedy: "The message names the field; see uptick plan create --help for examples.",
  },
  "plan-unknown": {
    status: 404,
    when: "No plan has this id.",
    remedy: "List the plans with uptick plan list.",
  },
  "plan-ambiguous": {
    status: 409,
    when: "More than one plan has an id that begins or ends with this text.",
    remedy: "Write more of the id; the message names the plans.",
  },
  "plan-empty": {
    status: 400,
    when: "A plan or a policy names no device.",
    remedy: "Name devices with --devices, or all of them with --devices all.",
  },
  "update-outstanding": {
    status: 409,
    when: "The device has an update command outstanding already, or a declaration that it updates by.",
    remedy: "Wait for its answer or its next sync, or stop the plan that the message names.",
  },
  "target-invalid": {
    status: 400,
    when: "A target is not a version and not one of the words latest, latest-minor and n-1.",
    remedy:
      "Write 26.6.2, 26.6.2 (25G83), 26.3.1 (a), latest, latest-minor or n-1, or one per platform: iOS=26.6.1,macOS=26.6.2.",
  },
  "settings-invalid": {
    status: 400,
    when: "The settings of a policy hold a key that does not exist, a value out of its range, or two that contradict each other.",
    remedy: "The message names each setting and what is wrong with it; docs/policies.md lists them all.",
  },
  "policy-unknown": {
    status: 404,
    when: "No policy has this id.",
    remedy: "List the policies with uptick policy list.",
  },
  "policy-ambiguous": {
    status: 409,
    when: "More than one policy has an id that begins or ends with this text.",
    remedy: "Write more of the id; the message names the policies.",
  },
  "command-invalid": {
    status: 400,
    when: "A command lacks a required key or has a key or value that Apple's schema does not know.",
    remedy: "Correct the command; the message names the key.",
  },
  "command-not-allowed": {
    status: 422,
    when: "Apple's schema forbids this command, key or value on the device's OS, platform, enrollment or supervision.",
    remedy: "The message names the rule; choose a command that the device can take.",
  },
  "declaration-invalid": {
    status: 400,
    when: "A declaration has an identifier, key or value that Apple's schema does not allow.",
    remedy: "Correct the value; the message names the key and the form it must have.",
  },
  "command-dangerous": {
    status: 422,
    when: "A command would erase, lock or switch off the device, take its passcode off, or touch its enrollment profile.",
    remedy: "If that is meant, say so: `allow` with the command's RequestType (`--allow` of `uptick command`).",
  },
  "command-conflict": {
    status: 409,
    when: "The CommandUUID was used before for this device with other bytes.",
    remedy: "Use a new CommandUUID.",
  },
  "timeline-entry-unknown": {
    status: 404,
    when: "The device's timeline has no entry of this number, or the entry has no message.",
    remedy: "Take the number of an entry whose `raw` is not null from the device's timeline.",
  },
  "raw-not-kept": {
    status: 410,
    when: "A message was kept once and is not any more: the device's budget of kept bodies was needed for newer ones, or its time is over.",
    remedy: "Send the command again, with a new CommandUUID, where the answer is needed: uptick raw.",
  },
  "command-unknown": {
    status: 404,
    when: "The device has no command with this CommandUUID.",
    remedy: "Check the CommandUUID and the device.",
  },
  "command-not-raw": {
    status: 409,
    when: "The command to withdraw belongs to a job, or is a question that the server asks.",
    remedy: "Stop the job's plan with uptick plan stop; the server's questions end by themselves.",
  },
  "command-closed": {
    status: 410,
    when: "The command ended without an answer from the device: it was withdrawn, its answer was lost, or the device left.",
    remedy:
      "Send it again with a new CommandUUID if it is still wanted. After answer-lost the device may have carried it out: ask it first (DeviceInformation, OSUpdateStatus).",
  },
  "catalog-invalid": {
    status: 400,
    when: "What was given as a catalog is not an answer of Apple's Software Lookup Service.",
    remedy: "Import the JSON of https://gdmf.apple.com/v2/pmv as it was served.",
  },
  "catalog-incomplete": {
    status: 400,
    when: "A list of Apple's releases lacks entries of iOS or macOS in PublicAssetSets or AssetSets: it was cut off or filtered. Nothing was changed.",
    remedy: "Fetch https://gdmf.apple.com/v2/pmv again and import all of it.",
  },
  "catalog-smaller": {
    status: 409,
    when: "A list of Apple's releases has less than half as many pairs of a version and a device as the one before it. Nothing was changed.",
    remedy:
      "Fetch the list again. If Apple really lists that much less, import it with --accept-smaller (acceptSmaller=true).",
  },
  "release-unknown": {
    status: 404,
    when: "No release of the catalog has this id, build or version.",
    remedy: "Look for the id in uptick catalog list (GET /api/v1/catalog).",
  },
  "release-ambiguous": {
    status: 409,
    when: "More than one release of the catalog has this version or build.",
    remedy: "Use the id of the release that is meant; the message names them.",
  },
  "token-unknown": {
    status: 404,
    when: "No admin token has this name.",
    remedy: "List the tokens with uptick token list.",
  },
  "token-exists": {
    status: 409,
    when: "An admin token with this name exists.",
    remedy: "Choose another name, or revoke that one first.",
  },
  "token-last": {
    status: 409,
    when: "The last admin token can't be revoked.",
    remedy: "Create another token first.",
  },
  "link-unknown": {
    status: 404,
    when: "No enrollment link has this id or address.",
    remedy: "List the links with uptick enroll links.",
  },
  "not-ready": {
    status: 409,
    when: "Devices can't enroll yet: the public URL or the push certificate is missing.",
    remedy: "The message says what is missing and how to get it.",
  },
  "push-topic-fixed": {
    status: 409,
    when: "The push certificate has another topic than the one devices are enrolled with.",
    remedy: "Renew the same certificate at Apple's portal; a new one would strand every enrolled device.",
  },
  "push-certificate-invalid": {
    status: 400,
    when: "A push certificate can't be read, does not fit its key, has ended, or is not one for MDM.",
    remedy: "Send the certificate from Apple's push portal and its private key as PEM in one file.",
  },
} as const satisfies Record<string, ErrorEntry>;
