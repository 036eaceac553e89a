/** The admin API as hostile requests meet it: the real server with something of everything. After each request what must hold is looked at. */
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { errorsOf, type Problem, type Route, ROUTES } from "../../src/contract/index.ts";
import { failForReplyFaults } from "../support/reply-faults.ts";
import { enrolDevice } from "../support/device.ts";
import { startUptick, type Uptick } from "../support/uptick.ts";
import { type ApiRequest, OPERATIONS, requestsFor } from "./api-requests.ts";
import type { FuzzOptions, FuzzResult } from "./fuzz.ts";
import { Broken } from "./readers.ts";

export interface ApiStage {
  /** Ids and names of things that exist. */
  readonly known: readonly string[];
  /** One request. @throws Broken when something is wrong after it */
  play(request: ApiRequest): Promise<void>;
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  close(): Promise<void>;
}

/** What a request changes: the count of rows, and what an edit moves. Not the audit, which counts refused requests, and not what loops change later. */
const STATE = [
  "plan",
  "policy",
  "device_tag",
  "device_group",
  "zone_rule",
  "block",
  "admin_token",
  "enrollment_link",
  "release",
  "account",
  "webhook",
] as const;

/** Makes one of each thing that a path can name. Gives their ids and names. */
async function furnish(uptick: Uptick): Promise<readonly string[]> {
  const device = await enrolDevice(uptick);
  const { id: deviceId } = await uptick.device(device.udid);
  const { web } = uptick;
  const put = async (path: string, body: unknown): Promise<void> =>
    void (await web.request("PUT", path, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }));
  const plan = await web.post<{ id: string }>("/api/v1/plans", {
    devices: [device.udid],
    to: "26.6.1",
    action: "download",
  });
  const { id: standing } = await web.post<{ id: string }>("/api/v1/plans", {
    name: "standing",
    standing: true,
    include: "all",
    to: "latest-minor",
    action: "install",
    deadline: "+14d 17:00",
  });
  const policy = await web.post<{ id: string }>("/api/v1/policies", {
    devices: [device.udid],
    settings: { Notifications: false },
  });
  await put("/api/v1/groups/pilots", { rule: "tag = pilot" });
  await web.post("/api/v1/blackouts", { name: "Christmas", from: "2026-12-21", to: "2027-01-03" });
  const block = await web.post<{ id: string }>("/api/v1/blocks", {
    version: "26.6.1",
    platform: "macOS",
    reason: "a test",
  });
  const link = await web.post<{ id: string }>("/api/v1/enrollment-links", {});
  const account = await web.post<{ id: string }>("/api/v1/accounts", {
    name: "anna",
    role: "viewer",
    password: "a long enough password",
  });
  // Nobody listens there.
  const hook = await web.post<{ id: string }>("/api/v1/webhooks", {
    name: "hook",
    url: "http://127.0.0.1:9/",
    events: ["*"],
  });
  const made = [plan.id, standing, policy.id, block.id, link.id, account.id, hook.id];
  return [deviceId, device.udid, ...made, "pilots", "Christmas", "anna", "hook", "1"];
}

export async function startApi(): Promise<ApiStage> {
  const uptick = await startUptick({ flags: { "webhook-allow": "127.0.0.0/8" } });
  const known = await furnish(uptick);
  const database = uptick.backend.look();
  const counts = database.prepare(
    STATE.map((table) => `SELECT '${table}' AS name, count(*) AS rows FROM ${table}`).join(" UNION ALL "),
  );
  const revisions = database.prepare("SELECT id, state, revision FROM plan ORDER BY id");
  const state = (): string => JSON.stringify([counts.all(), revisions.all()]);
  const statuses = new Map<number, number>();

  return {
    known,
    statuses,
    async play(request) {
      const before = state();
      const { method, target, body, filled, headers, token } = request;
      const bytes = body === undefined ? undefined : bytesOf(body, filled);
      // Node's client says no length with DELETE: what follows would be another request.
      const length = bytes === undefined ? {} : { "content-length": String(bytes.length) };
      const reply = await uptick.web.request(method, target, {
        headers: { ...headers, ...length },
        ...(token === "good" ? {} : { token: token === "none" ? null : "uptick_guess" }),
        ...(bytes === undefined ? {} : { body: bytes }),
      });
      const { status } = reply;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      // Whatever it answers is as the document says: a fault fails here.
      failForReplyFaults();
      const [fault] = uptick.takeErrors();
      if (fault !== undefined) throw new Broken(`the server logged ${JSON.stringify(fault)}`);
      if (status < 400) return;
      const text = (reply.headers["content-encoding"] === "gzip" ? gunzipSync(reply.body) : reply.body).toString(
        "utf8",
      );
      if (!String(reply.headers["content-type"]).startsWith("application/problem+json"))
        throw new Broken(`${status} is no problem: ${text.slice(0, 200)}`);
      judgeProblem(request, status, JSON.parse(text) as Problem);
      const after = state();
      if (after !== before)
        throw new Broken(`it was refused with ${status}, and something has changed: ${before} became ${after}`);
    },
    async close() {
      database.close();
      await uptick.close();
    },
  };
}

const bytesOf = (body: string, filled = 0): Buffer => {
  // Texts of bytes are Latin-1; what is beyond it is UTF-8.
  const latin = Buffer.from(body, "latin1");
  const bytes = latin.toString("latin1") === body ? latin : Buffer.from(body, "utf8");
  return filled > bytes.length ? Buffer.concat([bytes, Buffer.alloc(filled - bytes.length, " ")]) : bytes;
};

/** Refusals have the codes of their route, and no failure of ours is one. */
function judgeProblem({ name, token }: ApiRequest, status: number, { code }: Problem): void {
  const route: Route = ROUTES[name as keyof typeof ROUTES];
  if (status >= 500 && !route.errors.includes(code)) throw new Broken(`it was answered ${status} ${code}`);
  // Who signs in is asked for a password, whatever the token.
  if (status === 401 && token === "good" && route.open !== true) throw new Broken("a good token was refused");
  const strays = ["not-found", "method-not-allowed"];
  if (![...errorsOf(route), ...strays].includes(code as never)) throw new Broken(`the route does not have ${code}`);
}

/** Requests for all operations, until `ms` (real) are over. */
export async function fuzzApi(stage: ApiStage, { runs, seed, ms }: FuzzOptions): Promise<FuzzResult> {
  const requests = fc.oneof(...OPERATIONS.map((operation) => requestsFor(operation, stage.known)));
  const property = fc.asyncProperty(requests, (request) => stage.play(request));
  const limit = ms === undefined ? {} : { interruptAfterTimeLimit: ms, markInterruptAsFailure: false };
  const details = await fc.check(property, { numRuns: runs, seed, ...limit });
  const found = details.counterexample?.[0];
  if (found === undefined) return { runs: details.numRuns, seed, failure: undefined };
  const words = details.errorInstance instanceof Error ? details.errorInstance.message : "";
  return {
    runs: details.numRuns,
    seed,
    failure: [
      `admin API: ${words}`,
      JSON.stringify(found).slice(0, 4000),
      `again: npm run fuzz -- --seed ${seed} --runs ${runs} --only "admin API"`,
      "Add the request to test/hostile/api.test.ts, with words on what it broke.",
    ].join("\n"),
  };
}
