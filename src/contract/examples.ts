/** Worked examples for docs/api.md: tasks as data, which a test holds to the routes and their schemas. */
import type { RouteName } from "./routes.ts";

export interface ExampleStep {
  readonly route: RouteName;
  /** Texts; `$NAME` is a variable that an earlier step has set. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** A file whose bytes are the body. */
  readonly file?: string;
  readonly accept?: string;
  /** What is done with the reply: the rest of the shell's line. */
  readonly then?: string;
  /** Variable that the reply, after `then`, is kept in. */
  readonly keep?: string;
}

export interface Example {
  readonly task: string;
  readonly about: string;
  readonly steps: readonly ExampleStep[];
}

const PLAN = { name: "September", to: "26.6.1", action: "install", rule: "tag = pilot", deadline: "2026-09-14T17:00" };

export const EXAMPLES: readonly Example[] = [
  {
    task: "Set up the server",
    about:
      "Apple's portal turns the request into a push certificate. `missing` of the status says what else devices need before they can enroll.",
    steps: [
      { route: "pushRequest", body: {}, then: "jq -r .csr > push.csr" },
      { route: "importPush", file: "push.pem" },
      { route: "fetchCatalog" },
      { route: "status", then: "jq .missing" },
    ],
  },
  {
    task: "Enroll a device",
    about:
      "Install the profile on the device, or give its user the link. A device that was enrolled appears in the list.",
    steps: [
      {
        route: "enroll",
        body: { uses: 1, note: "front desk" },
        accept: "application/x-apple-aspen-config",
        then: "cat > enroll.mobileconfig",
      },
      { route: "createLink", body: { uses: 30, hours: 48 }, then: "jq -r .url" },
      { route: "listDevices", query: { search: "C02", limit: "50" }, then: "jq '.rows[] | {id, serial, version}'" },
    ],
  },
  {
    task: "Tag devices and name a group",
    about: "A rule says which devices are meant; a group is a rule with a name.",
    steps: [
      { route: "tagDevices", body: { devices: ["C02XXXXXXXXX"], add: ["pilot"] } },
      { route: "setGroup", params: { name: "Pilots" }, body: { rule: "tag = pilot" } },
      { route: "listDevices", query: { rule: "tag = pilot AND platform = macOS" } },
    ],
  },
  {
    task: "Make a plan, with a dry run before",
    about:
      "The dry run changes nothing. Its summary has counts, and `hash` and `asOf`, by which the plan is saved as it was shown. `Accept: application/x-ndjson` gives one line for each device.",
    steps: [
      { route: "createPlan", query: { dryRun: "summary" }, body: PLAN },
      { route: "createPlan", query: { dryRun: "true" }, body: PLAN, accept: "application/x-ndjson" },
      { route: "createPlan", body: PLAN, then: "jq -r .id", keep: "PLAN" },
    ],
  },
  {
    task: "Follow a plan",
    about:
      "`states` counts the jobs by state. Each job has a sentence that says what its device does, and a remedy where one helps.",
    steps: [
      { route: "showPlan", params: { id: "$PLAN" }, then: "jq '{jobs, states}'" },
      {
        route: "planJobs",
        params: { id: "$PLAN" },
        query: { state: "blocked" },
        then: "jq -r '.rows[] | .job.verdict.sentence'",
      },
    ],
  },
  {
    task: "Pause, resume and stop a plan",
    about: "A paused plan continues when it is resumed. A stopped plan is over. Each verb has a dry run.",
    steps: [
      { route: "pausePlan", params: { id: "$PLAN" }, query: { dryRun: "true" }, body: { reason: "crash at login" } },
      { route: "pausePlan", params: { id: "$PLAN" }, body: { reason: "crash at login" } },
      { route: "resumePlan", params: { id: "$PLAN" } },
      { route: "stopPlan", params: { id: "$PLAN" } },
    ],
  },
  {
    task: "Halt everything",
    about:
      "Nothing leaves for any device until the halt ends. To end it, send the number of devices that the dry run counts: they all continue at once.",
    steps: [
      { route: "startHalt", body: { reason: "26.6.2 breaks VPN" } },
      { route: "endHalt", query: { dryRun: "true" }, body: {}, then: "jq .devices", keep: "DEVICES" },
      { route: "endHalt", body: { devices: 412 } },
    ],
  },
  {
    task: "Roll out every new release in rings",
    about:
      "A standing plan follows new releases. A rollout is one release on its way; it can be held, paused, resumed and aborted.",
    steps: [
      {
        route: "createPlan",
        body: {
          name: "All Macs",
          standing: true,
          include: "platform = macOS",
          to: "latest-minor",
          action: "install",
          deadline: "+17d 17:00",
          rings: [
            { name: "Pilot", who: "tag = pilot", opens: 0, due: 2 },
            { name: "Everyone", who: "rest", opens: 8, due: 17 },
          ],
        },
        then: "jq -r .id",
        keep: "STANDING",
      },
      { route: "listRollouts", params: { id: "$STANDING" }, then: "jq -r '.rows[0].id'", keep: "ROLLOUT" },
      { route: "holdRollout", params: { id: "$ROLLOUT" }, body: { reason: "waiting for the VPN vendor" } },
    ],
  },
  {
    task: "Keep devices from restarting on some days",
    about: "Deadlines and install times of the devices that it covers move out of the blackout.",
    steps: [
      {
        route: "createBlackout",
        body: { name: "Christmas", from: "2026-12-21", to: "2027-01-03", rule: "group = Shops" },
      },
      { route: "removeBlackout", params: { name: "Christmas" } },
    ],
  },
  {
    task: "Export a report",
    about: "One line for each device, then a line with the summary. Without the last line, the report is not complete.",
    steps: [
      {
        route: "report",
        query: { at: "2026-08-21T00:00:00Z" },
        accept: "application/x-ndjson",
        then: "cat > report.ndjson",
      },
      { route: "compliance" },
    ],
  },
  {
    task: "Read who changed what",
    about: "Each write is a row, also one that was refused.",
    steps: [{ route: "listAudit", query: { object: "plan", since: "2026-08-21T00:00:00Z" }, then: "jq -c '.rows[]'" }],
  },
  {
    task: "Give a script access",
    about: "The token is shown once.",
    steps: [
      { route: "createToken", body: { name: "nightly-report" }, then: "jq -r .token" },
      { route: "revokeToken", params: { name: "nightly-report" } },
    ],
  },
  {
    task: "Send a command of your own",
    about: "The raw command API, below, says what is allowed.",
    steps: [{ route: "rawCommand", query: { device: "C02XXXXXXXXX", wait: "60" }, file: "command.plist" }],
  },
  {
    task: "Generate a client",
    about: "The OpenAPI document needs no token.",
    steps: [{ route: "openApi", then: "cat > uptick-openapi.json" }],
  },
];
