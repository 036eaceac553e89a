/** The admin API answers with these; the commands of `uptick` show them with a remedy in terms of commands. */
import type { ErrorEntry } from "./entry.ts";

export const API_ERRORS = {
  unauthorized: {
    status: 401,
    when: "The request has no token and no session, or one that this server does not know or that has ended.",
    remedy:
      "Send the header Authorization: Bearer TOKEN, or sign in (POST /api/v1/session). The first start of the server prints a token; POST /api/v1/tokens makes others.",
    command:
      "Set UPTICK_TOKEN or --token-file to a valid token. The first start of the server prints one; uptick token create makes others, and uptick token reset replaces a lost one.",
  },
  "role-too-low": {
    status: 403,
    when: "The role of the token or the account does not allow this request.",
    remedy:
      "Use a token or an account with the role that the message names. An admin can make such a token (POST /api/v1/tokens), or change the role of an account (PATCH /api/v1/accounts/:id).",
    command:
      "Use a token with the role that the message names. An admin makes one: uptick token create NAME --role ROLE.",
  },
  "not-found": {
    status: 404,
    when: "The API has no such address.",
    remedy: "Correct the path; GET /api/v1/openapi.json lists all paths.",
    command: "Use commands of the same version as the server, and check the path of --url.",
  },
  "method-not-allowed": {
    status: 405,
    when: "The address has no such method.",
    remedy: "Use one of the methods that the header Allow lists.",
    command: "Use commands of the same version as the server.",
  },
  "request-head-too-large": {
    status: 431,
    when: "The request's line and headers are larger than the server reads.",
    remedy: "Send fewer or shorter headers, and a shorter query.",
    command: "Give a shorter value: a long rule needs a group, and many devices a list.",
  },
  "request-timeout": {
    status: 408,
    when: "The request did not arrive in time.",
    remedy: "Send the whole request at once, and look at the network and the proxies on the way.",
    command: "Run the command again, and look at the network and the proxies on the way.",
  },
  "request-invalid": {
    status: 400,
    when: "The request's body, path or query does not fit the API.",
    remedy: "Correct each field and parameter that errors names; GET /api/v1/openapi.json describes them.",
    command: "Correct the value that the message names; --help describes the options of a command.",
  },
  "request-too-large": {
    status: 413,
    when: "The request's body is larger than this address accepts.",
    remedy: "Send a smaller body; x-max-bytes in GET /api/v1/openapi.json is the limit of each operation.",
    command: "Send less at once: fewer devices, or a smaller file.",
  },
  "media-type-invalid": {
    status: 415,
    when: "The request's Content-Type or Content-Encoding is not one that this address accepts.",
    remedy: "Send the Content-Type that the message names, and the body as it is.",
  },
  "server-busy": {
    status: 503,
    when: "The requests in progress use all the memory that the server reserves for request bodies.",
    remedy: "Repeat the request after the number of seconds in Retry-After. Send large requests one at a time.",
    command: "Run the command again in a few seconds. Run commands with large files one at a time.",
  },
  "server-stopping": {
    status: 503,
    when: "The server is stopping, and refuses requests.",
    remedy: "Repeat the request after the number of seconds in Retry-After, when the server has started again.",
    command: "Run the command again when the server has started again.",
  },
  "store-conflict": {
    status: 409,
    when: "Another request has created the same row at the same time.",
    remedy: "Repeat the request. If the error comes again, report it with the server's log.",
    command: "Run the command again. If the error comes again, report it with the server's log.",
  },
  "idempotency-key-invalid": {
    status: 400,
    when: "The header Idempotency-Key is not 1 to 255 visible ASCII characters, or comes more than once.",
    remedy: "Send one key that was never used before, such as a new UUID.",
  },
  "idempotency-key-reused": {
    status: 409,
    when: "The Idempotency-Key was used within 24 hours for another address or another body.",
    remedy: "Send a new key with a new request; send the same key only with the very same request.",
  },
  "idempotency-key-in-use": {
    status: 409,
    when: "The first request with this Idempotency-Key is still under way.",
    remedy: "Repeat the request with the same key after the number of seconds in Retry-After.",
  },
  "idempotency-answer-lost": {
    status: 409,
    when: "The first request with this Idempotency-Key changed something, and its answer is not known any more. Nothing was done a second time.",
    remedy:
      "Look at the object that the problem names in `object`. What is shown only once, such as a token, can't be shown again: revoke it, and make another with a new key.",
  },
  internal: {
    status: 500,
    when: "The server has an internal fault.",
    remedy: "Look for the reply's requestId in the server's log, and report the fault with those lines.",
  },
  "certificate-invalid": {
    status: 400,
    when: "A certificate or private key can't be read, or is not of the required kind.",
    remedy: "Check the file. It must be PEM; where a private key is required, put it in the same file.",
  },
  "zone-invalid": {
    status: 400,
    when: "A time zone name is unknown.",
    remedy: "Write an IANA name such as Europe/Zurich or America/New_York.",
  },
  "device-unknown": {
    status: 404,
    when: "No device has this id, UDID, serial or name.",
    remedy: "Use an id from GET /api/v1/devices.",
    command: "Run uptick devices, and use an id from its list.",
  },
  "device-ambiguous": {
    status: 409,
    when: "More than one device has this name or serial number.",
    remedy: "Use the id or UDID of one device; the message lists them.",
  },
  "not-quarantined": {
    status: 409,
    when: "The device is not in quarantine, no certificate waits for it, and no removal can be taken back.",
    remedy: "GET /api/v1/waiting-devices lists the devices that wait.",
    command: "Run uptick adopt --all --dry-run to list the devices that wait.",
  },
  "certificate-ambiguous": {
    status: 409,
    when: "Several certificates wait for the device.",
    remedy: "Compare them with GET /api/v1/devices/:ref, then name one: certificate=FINGERPRINT in the query.",
    command: "Compare them with uptick device REF, then accept one: uptick adopt REF --certificate FINGERPRINT.",
  },
  "certificate-unknown": {
    status: 404,
    when: "No certificate with this fingerprint waits for the device.",
    remedy: "Copy the fingerprint from GET /api/v1/devices/:ref.",
    command: "Copy the fingerprint from uptick device REF.",
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
      "Write YYYY-MM-DDTHH:MM for each device's local time, such as 2026-08-28T17:00, or add an offset for one instant, such as 2026-08-28T17:00+02:00.",
  },
  "plan-invalid": {
    status: 400,
    when: "The options of a plan contradict each other.",
    remedy: "Correct the field that the message names; docs/api.md has examples of plans.",
    command: "Correct the option that the message names; uptick plan create --help has examples.",
  },
  "report-date-unknown": {
    status: 400,
    when: "A report is asked for a moment of which this server does not know every device's version.",
    remedy: "Ask for a moment from the date in the message on, and not in the future.",
  },
  "plan-unknown": {
    status: 404,
    when: "No plan has this id.",
    remedy: "Use an id from GET /api/v1/plans.",
    command: "Run uptick plan list, and use an id from its list.",
  },
  "plan-ambiguous": {
    status: 409,
    when: "More than one plan has an id that begins or ends with this text.",
    remedy: "Write more digits of the id; the message lists the plans.",
  },
  "plan-over": {
    status: 409,
    when: "A stopped plan can't be edited, paused or resumed, and nothing can be decided about its rollouts.",
    remedy: "Make a new plan for its devices.",
  },
  "rollout-unknown": {
    status: 404,
    when: "No rollout has this id.",
    remedy: "Use an id from GET /api/v1/plans/:id/rollouts.",
    command: "Run uptick rollouts PLAN, and use an id from its list.",
  },
  "rollout-ambiguous": {
    status: 409,
    when: "More than one rollout has an id that begins or ends with this text.",
    remedy: "Write more digits of the id; the message lists the rollouts.",
  },
  "rollout-state": {
    status: 409,
    when: "A rollout is in a state that this verb does not lead out of, such as a hold of a rollout that is paused.",
    remedy: "Read state in GET /api/v1/rollouts/:id, and use a verb that fits it.",
    command: "Run uptick rollout show ID: it names the state, and what can be done in it.",
  },
  "rollout-not-urgent": {
    status: 409,
    when: "A blackout can be lifted for urgent devices only, and the rollout has no urgent rings.",
    remedy: "Not needed: a blackout moves the deadlines of its devices, and does not hold its rings back.",
  },
  "older-not-offered": {
    status: 409,
    when: "A paused rollout can give an older release instead only where that fixes an exploited CVE of its devices.",
    remedy:
      "Read older in GET /api/v1/rollouts/:id: it lists the releases that can be given instead, if there are any.",
    command: "Run uptick rollout show ID: it lists the releases that can be given instead, if there are any.",
  },
  "ring-unknown": {
    status: 404,
    when: "The rollout has no such ring, or no urgent ring of this number.",
    remedy: "Use the number or the name of one of the rings in GET /api/v1/rollouts/:id.",
    command: "Run uptick rollout show ID, and use the number or the name of one of its rings.",
  },
  "ring-state": {
    status: 409,
    when: "A ring is promoted or told to wait, and asks nothing.",
    remedy: "Read rings in GET /api/v1/rollouts/:id: it has the state of each ring, and when the next one opens.",
    command: "Run uptick rollout show ID: it names the state of each ring, and when the next one opens.",
  },
  "plan-frozen": {
    status: 409,
    when: "A once plan decides when it is made, so an edit can change its name only.",
    remedy: "Make another plan with the new terms or for more devices, with replace for devices of this one.",
    command: "Make another plan with the new terms or for more devices, with --replace for devices of this one.",
  },
  "plan-order-differs": {
    status: 409,
    when: "An order does not name all standing plans that are not stopped, each once.",
    remedy: "Read the plans again (GET /api/v1/plans), and name each standing plan once.",
    command: "Read the plans again (uptick plan list), and name each standing plan once.",
  },
  halted: {
    status: 409,
    when: "All plans are halted, and the command would update the OS.",
    remedy: "End the halt with POST /api/v1/halt/end, then send the command again.",
    command: "End the halt with uptick halt --end, then send the command again.",
  },
  "halt-count-differs": {
    status: 409,
    when: "The number of devices with which a halt is to end is missing or is not the number that will continue.",
    remedy: "Ask POST /api/v1/halt/end with dryRun=true, and send the number of devices that it answers.",
    command: "Run uptick halt --end --dry-run, and give the number that it shows with --devices.",
  },
  "plan-empty": {
    status: 400,
    when: "A plan or a policy names no device.",
    remedy:
      'Name devices in devices, or all of them with ["all"]. GET /api/v1/devices with rule lists the devices that a rule matches.',
    command:
      "Name devices with --devices, or all of them with --devices all. uptick devices --rule RULE lists the devices that a rule matches.",
  },
  "dry-run-unknown": {
    status: 412,
    when: "The server has no dry run with this hash and this asOf any more, or it was of a plan with other terms.",
    remedy:
      "Make the dry run again, and send its hash and asOf within 24 hours. Where there are many dry runs, the oldest go earlier.",
    command:
      "Make the dry run again, and give its --hash and --as-of within 24 hours. Where there are many dry runs, the oldest go earlier.",
  },
  "dry-run-outdated": {
    status: 412,
    when: "The decisions of too many devices are not the ones that the dry run showed, so nothing was saved.",
    remedy: "Look at the devices in changed, make the dry run again, and save that one.",
  },
  "tag-invalid": {
    status: 400,
    when: "A tag is not 1 to 40 of the characters a-z, 0-9 and -, or a request adds and removes the same tag, or no tag.",
    remedy: "Write tags in small letters, such as pilot or floor-2.",
  },
  "tags-too-many": {
    status: 409,
    when: "A device would have more than 50 tags.",
    remedy: "Remove tags from the devices that the message names: POST /api/v1/devices/tag with remove.",
    command: "Remove tags from the devices that the message names: uptick tag REF --remove TAG.",
  },
  "exclusion-invalid": {
    status: 400,
    when: "An exclusion would end in the past, or last more than 90 days.",
    remedy:
      "Name a later day that is at most 90 days ahead. When an exclusion is about to end, the device can be excluded again.",
  },
  "group-unknown": {
    status: 404,
    when: "No group has this name.",
    remedy: "Use a name from GET /api/v1/groups.",
    command: "Run uptick group list, and use a name from its list.",
  },
  "group-invalid": {
    status: 400,
    when: "The name of a group has characters that are not possible, or the rule of a group names a group.",
    remedy: "Correct what the message names. In place of a group, write its rule in parentheses.",
  },
  "group-used": {
    status: 409,
    when: "A group can't be removed, since a zone rule, a block or a blackout names it.",
    remedy:
      "Change or remove what the message names first: GET /api/v1/zone-rules, GET /api/v1/blocks and GET /api/v1/blackouts list it.",
    command:
      "Change or remove what the message names first: uptick zone, uptick catalog blocks and uptick blackout list show them.",
  },
  "groups-too-many": {
    status: 409,
    when: "The server has 1,000 groups.",
    remedy: "Remove groups that nothing uses: DELETE /api/v1/groups/:name.",
    command: "Remove groups that nothing uses: uptick group remove NAME.",
  },
  "revision-stale": {
    status: 412,
    when: "The object was changed, made or removed since the revision that the request names.",
    remedy: "Read the object again, and repeat the change with its present revision.",
  },
  "rule-invalid": {
    status: 400,
    when: "A rule for devices can't be read, or is too long.",
    remedy: "Correct the place that the message shows; docs/scopes.md has the grammar and examples.",
  },
  "update-outstanding": {
    status: 409,
    when: "The device already has an outstanding update command or an update declaration.",
    remedy: "Wait until the device answers or syncs, or stop the plan that the message names.",
  },
  "target-invalid": {
    status: 400,
    when: "A target is not a version, and not latest, latest-minor or n-1.",
    remedy:
      "Write 26.6.2, 26.6.2 (25G83), 26.3.1 (a), latest, latest-minor or n-1, with limits such as below 27, floor 26.4 or age 14d after it; or one per platform: iOS=26.6.1,macOS=26.6.2.",
  },
  "settings-invalid": {
    status: 400,
    when: "A policy has an unknown setting, a value out of range, or two settings that contradict each other.",
    remedy: "Correct each setting that the message names; docs/policies.md lists all settings.",
  },
  "policy-unknown": {
    status: 404,
    when: "No policy has this id.",
    remedy: "Use an id from GET /api/v1/policies.",
    command: "Run uptick policy list, and use an id from its list.",
  },
  "policy-ambiguous": {
    status: 409,
    when: "More than one policy has an id that begins or ends with this text.",
    remedy: "Write more digits of the id; the message lists the policies.",
  },
  "command-invalid": {
    status: 400,
    when: "A command lacks a required key, or has a key or value that Apple's schema does not allow.",
    remedy: "Correct the key that the message names.",
  },
  "command-not-allowed": {
    status: 422,
    when: "Apple's schema forbids this command, key or value on the device's OS, platform, enrollment or supervision.",
    remedy: "Send a command that the device supports; the message names the rule.",
  },
  "declaration-invalid": {
    status: 400,
    when: "A declaration has an identifier, key or value that Apple's schema does not allow.",
    remedy: "Correct the key that the message names; the message gives its form.",
  },
  "command-dangerous": {
    status: 422,
    when: "A command that erases, locks or shuts down the device, clears its passcode, or changes its enrollment profile was not confirmed.",
    remedy: "To confirm, repeat the command's RequestType in the query: allow=RequestType.",
    command: "To confirm, repeat the command's RequestType: --allow RequestType.",
  },
  "command-conflict": {
    status: 409,
    when: "This device has had another command with the same CommandUUID.",
    remedy: "Use a new CommandUUID.",
  },
  "timeline-entry-unknown": {
    status: 404,
    when: "The device's timeline has no entry with this number, or the entry has no message.",
    remedy: "Use the number of a timeline entry that has a message (its `raw` is not null).",
  },
  "raw-not-kept": {
    status: 410,
    when: "A stored message was deleted: newer messages of the device needed the space, or history-days have passed.",
    remedy: "If you need the answer, send the command again with a new CommandUUID: PUT /mdm.",
    command: "If you need the answer, send the command again with a new CommandUUID: uptick command.",
  },
  "command-unknown": {
    status: 404,
    when: "The device has no command with this CommandUUID.",
    remedy: "Copy the CommandUUID from GET /api/v1/devices/:ref.",
    command: "Copy the CommandUUID from uptick device REF.",
  },
  "command-not-raw": {
    status: 409,
    when: "The command to withdraw was not sent by an admin: it belongs to a job, or the server sent it to get information.",
    remedy:
      "To withdraw a job's command, stop its plan: POST /api/v1/plans/:id/stop. Commands that only get information need no action.",
    command:
      "To withdraw a job's command, stop its plan with uptick plan stop. Commands that only get information need no action.",
  },
  "command-closed": {
    status: 410,
    when: "The command ended without an answer: it was withdrawn, its answer was lost, or the device was unenrolled.",
    remedy:
      "If you still need it, send it again with a new CommandUUID. After answer-lost the device may have executed it: check with DeviceInformation or OSUpdateStatus first.",
  },
  "catalog-invalid": {
    status: 400,
    when: "The imported file is not a response of Apple's Software Lookup Service.",
    remedy: "Import the JSON of https://gdmf.apple.com/v2/pmv unchanged.",
  },
  "catalog-incomplete": {
    status: 400,
    when: "The imported list lacks entries of iOS or macOS in PublicAssetSets or AssetSets, so it is incomplete. The server keeps its former list.",
    remedy: "Download https://gdmf.apple.com/v2/pmv again, and import the whole file.",
  },
  "catalog-smaller": {
    status: 409,
    when: "The list has less than half as many pairs of a version and a device as the list before. The server keeps its former list.",
    remedy:
      "Download the list again. If Apple's list is really that much smaller, import it with acceptSmaller=true, or take one that was fetched with POST /api/v1/catalog/accept.",
    command:
      "Download the list again. If Apple's list is really that much smaller, import it with --accept-smaller, or take one that was fetched with uptick catalog accept.",
  },
  "catalog-fetch-failed": {
    status: 502,
    when: "The server could not fetch Apple's list of releases, or the answer was not a whole list. The server keeps its former list.",
    remedy:
      "Follow the message: it names the cause. Until then, import a list that you have downloaded: PUT /api/v1/catalog.",
    command:
      "Follow the message: it names the cause. Until then, import a list that you have downloaded with uptick catalog import.",
  },
  "catalog-fetch-limited": {
    status: 429,
    when: "Somebody has asked for a fetch of Apple's list within the last hour. Apple wants servers to fetch it once a day.",
    remedy: "Fetch again after the number of seconds in Retry-After.",
    command: "Fetch again after the time that the message names.",
  },
  "catalog-fetch-busy": {
    status: 409,
    when: "A fetch of Apple's list is under way, or it was stopped or overtaken by another list.",
    remedy: "Read fetch in GET /api/v1/catalog after two minutes: it has the result.",
    command: "Run uptick catalog list after two minutes: it shows the result.",
  },
  "catalog-not-waiting": {
    status: 409,
    when: "No fetched list waits to be accepted: only one that was refused as too small does, until another list is taken.",
    remedy:
      "Fetch a list with POST /api/v1/catalog/fetch, or read fetch in GET /api/v1/catalog to see how the last fetch ended.",
    command: "Run uptick catalog fetch, or uptick catalog list to see how the last fetch ended.",
  },
  "cve-feed-invalid": {
    status: 400,
    when: "The imported file is not a SOFA feed (version 2) of a platform that Uptick updates, no release in it can be read, or it is too large. What the server knows of CVEs stays as it was.",
    remedy:
      "Download the feed of one platform again from SOFA (folder v2 of github.com/macadmins/sofa), and import it unchanged.",
  },
  "blackout-exists": {
    status: 409,
    when: "There is a blackout with this name, for other days or devices.",
    remedy: "Choose another name, or remove that blackout first: DELETE /api/v1/blackouts/:name.",
    command: "Choose another name, or remove that blackout first: uptick blackout remove NAME.",
  },
  "blackout-invalid": {
    status: 400,
    when: "A blackout has a name that is not possible, ends before it begins, or is over.",
    remedy: "Write the first and the last day as YYYY-MM-DD, and a name such as Christmas.",
  },
  "blackout-too-long": {
    status: 400,
    when: "Blackouts that may cover one device would last more than 90 days in a row.",
    remedy: "Shorten the blackout, or leave a day between it and the others that the message names.",
  },
  "blackout-unknown": {
    status: 404,
    when: "No blackout has this name.",
    remedy: "Copy the name from GET /api/v1/blackouts.",
    command: "Copy the name from uptick blackout list.",
  },
  "blackouts-too-many": {
    status: 409,
    when: "The server has 200 blackouts.",
    remedy: "Remove those that are over: DELETE /api/v1/blackouts/:name.",
    command: "Remove those that are over: uptick blackout remove NAME.",
  },
  "block-invalid": {
    status: 400,
    when: "A block names no release, or a platform that is a part of another.",
    remedy: "Write a version such as 26.6.1 or 26.3.1 (a) and a platform, as GET /api/v1/catalog lists them.",
    command: "Write a version such as 26.6.1 or '26.3.1 (a)' and a platform, as uptick catalog list shows them.",
  },
  "block-unknown": {
    status: 404,
    when: "No block has this id, or several have an id that ends so.",
    remedy: "Copy the id from GET /api/v1/blocks.",
    command: "Copy the id from uptick catalog blocks.",
  },
  "blocks-too-many": {
    status: 409,
    when: "So many blocks hold that plans would become slow.",
    remedy: "End blocks that are not needed any more: POST /api/v1/blocks/:id/end.",
    command: "End blocks that are not needed any more with uptick catalog unblock.",
  },
  "release-unknown": {
    status: 404,
    when: "No release of the catalog has this id, build or version.",
    remedy: "Copy the id from GET /api/v1/catalog.",
    command: "Copy the id from uptick catalog list.",
  },
  "release-ambiguous": {
    status: 409,
    when: "More than one release of the catalog has this version or build.",
    remedy: "Use the id of one release; the message lists them.",
  },
  "token-unknown": {
    status: 404,
    when: "No token has this name.",
    remedy: "Use a name from GET /api/v1/tokens.",
    command: "Run uptick token list, and use a name from its list.",
  },
  "token-exists": {
    status: 409,
    when: "A token with this name already exists.",
    remedy: "Choose another name, or revoke the existing token first.",
  },
  "token-last": {
    status: 409,
    when: "The token is the last way in for an admin: there is no other admin token, and no admin account with a password.",
    remedy: "Create another admin token or an admin account first.",
  },
  "sign-in-refused": {
    status: 401,
    when: "The name or the password is wrong, or the account can't sign in.",
    remedy:
      "Check the name and the password. An admin can set another password (POST /api/v1/accounts/:id/password) and enable a disabled account.",
    command:
      "Check the name and the password. An admin can set another password (uptick account password NAME) and enable a disabled account; uptick account reset NAME works on the server's machine.",
  },
  "sign-in-paused": {
    status: 429,
    when: "There were too many attempts with wrong passwords, or too many sign-ins at the same time.",
    remedy: "Wait for the number of seconds in Retry-After, then try again.",
  },
  "csrf-refused": {
    status: 403,
    when: "A request with a session's cookie does not prove that this server's own page has sent it.",
    remedy:
      "Send the session's csrfToken (GET /api/v1/session) in the header X-CSRF-Token, from a page of the same origin. Behind a proxy that changes Host, set web-url. Scripts use a token instead.",
    command: "Use a token: set UPTICK_TOKEN or --token-file.",
  },
  "session-required": {
    status: 409,
    when: "The request is about a session, and a token has none.",
    remedy: "Sign in (POST /api/v1/session). An admin revokes a token with DELETE /api/v1/tokens/:name.",
    command: "Sign in at the server's page. An admin revokes a token: uptick token revoke NAME.",
  },
  "setup-invalid": {
    status: 403,
    when: "The secret of a set-up link is wrong, was used, or has ended.",
    remedy:
      "While there is no account, each start of the server prints a link that is good for 24 hours. Afterwards an admin makes accounts (POST /api/v1/accounts).",
    command:
      "While there is no account, each start of the server prints a link that is good for 24 hours. Afterwards use uptick account reset NAME on the server's machine, or let an admin make the account: uptick account create NAME.",
  },
  "account-unknown": {
    status: 404,
    when: "No account has this id or name.",
    remedy: "Use an id or a name from GET /api/v1/accounts.",
    command: "Run uptick account list, and use an id or a name from its list.",
  },
  "account-exists": {
    status: 409,
    when: "Another account has this name.",
    remedy: "Choose another name: names are the same in any case.",
  },
  "account-name-invalid": {
    status: 400,
    when: "An account can't have this name.",
    remedy: "Use 1 to 100 characters, without control characters and without blanks at the beginning or the end.",
  },
  "account-last": {
    status: 409,
    when: "The account is the last way in for an admin: there is no other admin account with a password, and no admin token.",
    remedy: "Make another admin account or an admin token first.",
  },
  "account-external": {
    status: 409,
    when: "The account signs in by an OpenID Connect provider, which decides about its role and has its password.",
    remedy: "Change it at the provider. To end its access here, disable the account.",
  },
  "password-invalid": {
    status: 400,
    when: "A new password is too short.",
    remedy: "Use at least 12 characters; a sentence is easy to remember.",
  },
  "password-wrong": {
    status: 403,
    when: "The current password of the own account is missing or wrong.",
    remedy: "Send the account's present password as currentPassword.",
  },
  "oidc-off": {
    status: 404,
    when: "This server has no OpenID Connect provider.",
    remedy: "Sign in with a name and a password, or set oidc-issuer, oidc-client-id and web-url (docs/access.md).",
  },
  "oidc-unavailable": {
    status: 503,
    when: "The OpenID Connect provider can't be reached, or answers with something else than the protocol.",
    remedy:
      "Sign in with a name and a password if you have one. Check oidc-issuer and the connection of the server to the provider.",
  },
  "oidc-refused": {
    status: 403,
    when: "The answer of the OpenID Connect provider does not belong to a sign-in that this browser began, was used before, or is a refusal.",
    remedy: "Begin again at /api/v1/session/oidc, in one browser, within ten minutes.",
  },
  "oidc-no-role": {
    status: 403,
    when: "The OpenID Connect provider knows the person, and none of their claims has a role here.",
    remedy: "Add the person to a group that oidc-role-map names, or add the group to oidc-role-map.",
  },
  "link-unknown": {
    status: 404,
    when: "No enrollment link has this id or URL.",
    remedy: "Use an id from GET /api/v1/enrollment-links.",
    command: "Run uptick enroll links, and use an id from its list.",
  },
  "not-ready": {
    status: 409,
    when: "Devices can't enroll yet: the public URL or the push certificate is missing.",
    remedy: "Do what the message says for each missing part.",
  },
  "push-topic-fixed": {
    status: 409,
    when: "The push certificate's topic differs from the topic with which devices are enrolled.",
    remedy:
      "Renew the same certificate at Apple's portal, with the same Apple Account. With a new certificate, every device would have to enroll again.",
  },
  "push-certificate-invalid": {
    status: 400,
    when: "A push certificate can't be read, does not match its private key, has expired, or is not for MDM.",
    remedy:
      "Import the certificate from Apple's push portal as PEM. Unless POST /api/v1/push-certificate/request made the request, put its private key in the same body.",
    command:
      "Import the certificate from Apple's push portal as PEM. Unless uptick push csr made the request, put its private key in the same file.",
  },
  "streams-too-many": {
    status: 503,
    when: "As many streams of events are open as the server allows.",
    remedy: "Close streams that nobody reads. Repeat the request after the number of seconds in Retry-After.",
  },
  "webhook-unknown": {
    status: 404,
    when: "No webhook has this id or name.",
    remedy: "Use an id from GET /api/v1/webhooks.",
    command: "Run uptick webhook list, and use an id from its list.",
  },
  "webhook-exists": {
    status: 409,
    when: "A webhook with this name exists.",
    remedy: "Choose another name, or edit the webhook that has it.",
  },
  "webhook-invalid": {
    status: 400,
    when: "Nothing can be sent to the URL of a webhook.",
    remedy:
      "Give an https URL whose host has a public address. To reach an address of your own network, add it to the setting webhook-allow.",
  },
  "webhooks-too-many": {
    status: 409,
    when: "As many webhooks exist as the server allows.",
    remedy: "Remove a webhook that is not needed any more.",
  },
  "webhook-disabled": {
    status: 409,
    when: "Nothing is sent to this webhook, because it is disabled.",
    remedy: "Enable it: PATCH /api/v1/webhooks/:id with enabled. Deliveries that wait are then sent.",
    command: "Enable it with uptick webhook edit ID --enable. Deliveries that wait are then sent.",
  },
  "delivery-unknown": {
    status: 404,
    when: "The webhook has no delivery with this id, or it was deleted after 7 days.",
    remedy: "Use an id from GET /api/v1/webhooks/:id/deliveries.",
    command: "Run uptick webhook deliveries ID, and use an id from its list.",
  },
} as const satisfies Record<string, ErrorEntry>;
