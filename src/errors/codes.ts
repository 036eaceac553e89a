/**
 * Every error code, in one place, with the status it has on the web face and what the reader can do about it.
 * docs/errors.md is checked against this table in both directions.
 */
export interface ErrorEntry {
  readonly status: number;
  /** One sentence: when this happens. */
  readonly when: string;
  /** One sentence: what to do. */
  readonly remedy: string;
}

const table = {
  "plist-invalid": {
    status: 400,
    when: "A property list is not well formed or uses something Apple's format does not have.",
    remedy: "Send an XML property list as Apple documents it; the message names the line.",
  },
  "plist-too-large": {
    status: 413,
    when: "A property list is larger than 1 MiB (a device's report: 8 MiB), nests deeper than 64 levels or has too many nodes.",
    remedy: "Send a smaller property list.",
  },
  "message-invalid": {
    status: 400,
    when: "A check-in message or a command's answer lacks a key that Apple's schema requires, or a key has another type.",
    remedy: "See the device's timeline for the bytes; if a real device sent them, report it.",
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
  "certificate-missing": {
    status: 403,
    when: "A device sent a message without a client certificate, a certificate header from a trusted proxy or a signature.",
    remedy:
      "Behind a proxy, have it ask for client certificates and pass them on (client-cert-header), and name its address in trusted-proxies; a device that has removed its profile has to enroll again.",
  },
  "certificate-header-invalid": {
    status: 403,
    when: "A trusted proxy sent a certificate header that does not hold exactly one readable certificate.",
    remedy:
      "Correct the proxy's configuration as docs/operations.md shows it; the header is named by client-cert-header.",
  },
  "signature-invalid": {
    status: 403,
    when: "The Mdm-Signature header is not a signature over the body of the message.",
    remedy: "Check that the proxy in between passes the header and the body on unchanged.",
  },
  "certificate-foreign": {
    status: 403,
    when: "A device showed a certificate that is not an identity of this server's CA or of a CA in identity-ca.",
    remedy:
      "If the device belongs here, enroll it again; if your organization's CA issued the certificate, name that CA in identity-ca.",
  },
  "certificate-ended": {
    status: 403,
    when: "A device showed an identity that has ended, and either expired-identities=refuse is set or a newer identity has replaced it.",
    remedy: "Set expired-identities to accept so that the identity can be renewed, or enroll the device again.",
  },
  "certificate-not-valid-yet": {
    status: 403,
    when: "A device showed an identity whose first day of validity is still to come by the server's clock.",
    remedy: "Set the clock of the server; the certificate is judged again with each message.",
  },
  "certificate-names-another": {
    status: 403,
    when: "A device showed a certificate that is not known here and whose names hold the UDID of another device.",
    remedy:
      "Enroll the device with a profile of its own, or have the organization's CA issue a certificate for its UDID.",
  },
  "certificate-of-another-device": {
    status: 403,
    when: "A device showed the identity of another enrolled device: a copy made by Migration Assistant or from a backup, or a stolen key.",
    remedy:
      "Enroll the device that shows it with a profile of its own. If no such device is yours, enroll the owner again: that ends the identity.",
  },
  "certificate-not-bound": {
    status: 403,
    when: "A device showed an identity with which it has not enrolled: it never sent Authenticate with it, its profile is for another device, or the identity was replaced when the device enrolled again.",
    remedy: "Enroll the device again with a fresh profile.",
  },
  "certificate-superseded": {
    status: 403,
    when: "A device showed an identity that was replaced by a newer one.",
    remedy:
      "If this is the device's right identity, as after a restore, accept it again: uptick adopt REF --certificate FINGERPRINT. Else enroll the device again.",
  },
  "tls-untrusted": {
    status: 403,
    when: "A client ended a TLS handshake because it does not trust the server's certificate.",
    remedy:
      "Set tls-cert and tls-key to a publicly trusted certificate for the name in public-url, with its chain. With the server's own CA, the user of an iPhone or iPad has to switch trust on in Settings > General > About > Certificate Trust Settings.",
  },
  "tls-incompatible": {
    status: 403,
    when: "A client and the server have no TLS version or cipher in common.",
    remedy:
      "Apple devices speak TLS 1.2 and 1.3; check what the client at this address is, and any TLS inspection in between.",
  },
  "tls-client-certificate": {
    status: 403,
    when: "A client's certificate could not be verified in a TLS handshake.",
    remedy: "If it is a device of yours, enroll it again.",
  },
  "tls-unfinished": {
    status: 403,
    when: "A connection ended, or took too long, before the TLS handshake was finished. Health checks of a load balancer look like this.",
    remedy: "If devices can't connect, check firewalls and TLS inspection between them and the server.",
  },
  "tls-plain-http": {
    status: 403,
    when: "A client sent plain HTTP to a port that speaks TLS.",
    remedy: "Use https in public-url and in the proxy's address of this server.",
  },
  "tls-failed": {
    status: 403,
    when: "A TLS handshake failed for another reason.",
    remedy: "The detail names the reason that the TLS library gives.",
  },
  "scep-invalid": {
    status: 400,
    when: "A SCEP message can't be decoded or its signature does not verify.",
    remedy: "Enroll again with a fresh profile.",
  },
  "challenge-missing": {
    status: 400,
    when: "A SCEP request came without a challenge: another client than a device with a profile of ours, or an edited profile.",
    remedy: "Make an enrollment profile with uptick enroll and install it unchanged.",
  },
  "challenge-unknown": {
    status: 400,
    when: "A SCEP request came with a challenge that is not known here: a profile of another server, from before a backup was restored, or fetched by a link more than a day before.",
    remedy: "Make a new enrollment profile with uptick enroll, or open the link again.",
  },
  "challenge-used-up": {
    status: 400,
    when: "A SCEP request came with a challenge that as many devices have used as its profile was made for.",
    remedy:
      "Make a new enrollment profile with uptick enroll, with --uses for more than one device; or open the link again.",
  },
  "challenge-expired": {
    status: 400,
    when: "A SCEP request came with a challenge after its end: the enrollment profile is too old.",
    remedy: "Make a new enrollment profile with uptick enroll, with --hours for a longer time; or open the link again.",
  },
  "link-unknown": {
    status: 404,
    when: "No enrollment link has this id or address.",
    remedy: "List the links with uptick enroll links.",
  },
  "link-revoked": {
    status: 410,
    when: "An enrollment link was opened, or a device came with a profile that it gave, after it was revoked.",
    remedy: "Make a new link with uptick enroll link.",
  },
  "link-used-up": {
    status: 410,
    when: "An enrollment link was opened, or a device came with a profile that it gave, when as many devices had enrolled as it was made for.",
    remedy: "Make a new link with uptick enroll link, with --uses for more devices.",
  },
  "link-expired": {
    status: 410,
    when: "An enrollment link was opened, or a device came with a profile that it gave, after the link's end.",
    remedy: "Make a new link with uptick enroll link, with --hours for a longer time.",
  },
  "certificate-invalid": {
    status: 400,
    when: "A certificate or key can't be read or does not fit its purpose.",
    remedy: "Check the file; PEM is expected, certificate and private key together.",
  },
  "window-invalid": {
    status: 400,
    when: "An install window is not two different local times.",
    remedy: "Write it as HH:MM-HH:MM in the device's local time, such as 22:00-05:00.",
  },
  "zone-invalid": {
    status: 400,
    when: "A time zone is not known.",
    remedy: "Write an IANA name such as Europe/Zurich or America/New_York.",
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
  "plan-unknown": {
    status: 404,
    when: "No plan has this id.",
    remedy: "List the plans with uptick plan list.",
  },
  "plan-refused": {
    status: 409,
    when: "A plan was made, and every one of its devices is refused: it does nothing.",
    remedy: "Correct what the reasons name, then make the plan again; uptick plan show ID repeats the reasons.",
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
  "public-url-fixed": {
    status: 409,
    when: "The server is started with another public URL than the one devices are enrolled with.",
    remedy:
      "Start it with the former URL and move its DNS name instead; with public-url-change=accept those devices are given up until they enroll again.",
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
  unauthorized: {
    status: 401,
    when: "The request carries no admin token, or one that is not known here.",
    remedy: "Send Authorization: Bearer TOKEN; the first start of the server prints a token once.",
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
  "update-outstanding": {
    status: 409,
    when: "The device has an update command outstanding already, or a declaration that it updates by.",
    remedy: "Wait for its answer or its next sync, or stop the plan that the message names.",
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
  "request-invalid": {
    status: 400,
    when: "The request's body, path or query does not fit the API.",
    remedy: "The message names the field; see docs/api.md.",
  },
  "not-found": {
    status: 404,
    when: "Nothing is at this address.",
    remedy: "See docs/api.md for the addresses.",
  },
  "target-invalid": {
    status: 400,
    when: "A target is neither a version nor one of the words latest, latest-minor and n-1.",
    remedy:
      "Write 26.6.2, 26.6.2 (25G83), 26.3.1 (a), latest, latest-minor or n-1, or one per platform: iOS=26.6.1,macOS=26.6.2.",
  },
  "push-certificate-invalid": {
    status: 400,
    when: "A push certificate can't be read, does not fit its key, has ended, or is not one for MDM.",
    remedy: "Send the certificate from Apple's push portal and its private key as PEM in one file.",
  },
  "command-not-raw": {
    status: 409,
    when: "The command that is to be withdrawn belongs to a job, or is a question of the server's own.",
    remedy: "Stop the job's plan with uptick plan stop; the server's questions end by themselves.",
  },
  "command-closed": {
    status: 410,
    when: "The command ended without an answer from the device: it was withdrawn, its answer was lost, or the device left.",
    remedy:
      "Send it again with a new CommandUUID if it is still wanted. After answer-lost the device may have carried it out: ask it first (DeviceInformation, OSUpdateStatus).",
  },
  "media-type-invalid": {
    status: 415,
    when: "The request's body has another media type than this address takes.",
    remedy: "Send the Content-Type that the message names.",
  },
  "request-too-large": {
    status: 413,
    when: "The request's body is larger than this address takes.",
    remedy: "Send less; docs/api.md names the limit of each address.",
  },
  "server-busy": {
    status: 503,
    when: "The bodies of all requests that are being worked on take as much memory as they may together.",
    remedy: "Repeat the request after the seconds that Retry-After names, and send large ones one after the other.",
  },
  "server-unreachable": {
    status: 503,
    when: "A command could not reach the server it talks to.",
    remedy: "Start the server with uptick serve, or name its address with --url or UPTICK_URL.",
  },
  "reply-invalid": {
    status: 502,
    when: "What answered a command is not this server's API, or not a version the command knows.",
    remedy: "Check the address: it must be that of the web face (by default http://127.0.0.1:8080).",
  },
  "token-missing": {
    status: 401,
    when: "A command has no admin token to show to the server.",
    remedy:
      "Set UPTICK_TOKEN, or name a file that holds the token with --token-file; the first start of the server prints one.",
  },
  "file-unreadable": {
    status: 400,
    when: "A file named on the command line can't be read or written.",
    remedy: "Check the path and its permissions.",
  },
  "profile-invalid": {
    status: 400,
    when: "A file is not an enrollment profile that a device would install.",
    remedy:
      "Use a profile with one MDM and one SCEP payload, such as uptick enroll writes; the message names what is missing.",
  },
  "enrolment-refused": {
    status: 403,
    when: "A server did not let simulated devices enroll.",
    remedy:
      "Use a profile whose challenge has not ended and is good for as many devices as --count says: uptick enroll --uses N.",
  },
  internal: {
    status: 500,
    when: "A fault of ours.",
    remedy: "See the server's log at the time of the request; report it if it comes again.",
  },
  "usage-invalid": {
    status: 400,
    when: "A command line has an unknown option or a value of another form.",
    remedy: "Correct it as the message says; the command's `--help` lists its options.",
  },
  "listen-failed": {
    status: 500,
    when: "The server can't listen at an address it was given: it is in use, not of this machine, or not allowed.",
    remedy: "End the program that uses the port, or choose another with `device-listen` or `web-listen`.",
  },
  "config-invalid": {
    status: 500,
    when: "A setting is unknown, has a value of another form, is missing, or does not fit another setting.",
    remedy: "The message names the setting and where it came from; docs/configuration.md lists all settings.",
  },
  "secret-unreadable": {
    status: 500,
    when: "A stored secret can't be opened: the data key is another one, or the stored bytes were changed.",
    remedy: "Start the server with the data key that belongs to this data directory, or restore both from one backup.",
  },
  "data-key-invalid": {
    status: 500,
    when: "The data key, which seals stored secrets, can't be read or is not 32 bytes in base64.",
    remedy: "Bring back the key that this data directory was made with; without it, sealed secrets are lost.",
  },
  "database-missing": {
    status: 500,
    when: "The data directory holds a data key but no database, or no database at all where one is needed.",
    remedy:
      "Put uptick.sqlite of the same backup beside its data-key, or name the right directory with data-dir; for a new server, move the old data-key away.",
  },
  "store-unavailable": {
    status: 503,
    when: "The database can't be written to or read from: the disk is full, its thread has ended, or PostgreSQL can't be reached.",
    remedy:
      "Look at the disk's free space, at PostgreSQL if `database` is set, and at the server's log; nothing acknowledged is lost.",
  },
  "database-damaged": {
    status: 503,
    when: "The database file is damaged: SQLite finds something in it that it did not write.",
    remedy:
      "Stop the server, keep the files in data-dir aside, and restore the newest backup as docs/operations.md says under Backup and restore.",
  },
  "disk-full": {
    status: 503,
    when: "A file can't be written because its disk, or the quota on it, is full.",
    remedy: "Make room on that disk and do it again.",
  },
  "store-conflict": {
    status: 409,
    when: "A row that was to be made exists already.",
    remedy: "Try again; report it if it comes again.",
  },
  "schema-newer": {
    status: 500,
    when: "The database was made by a newer version of this program.",
    remedy: "Run that version, or restore the backup made before its first start.",
  },
  "data-directory-in-use": {
    status: 500,
    when: "Another process uses the data directory.",
    remedy: "Stop that process, or give this one its own with --data-dir.",
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
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof table;
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = table;
