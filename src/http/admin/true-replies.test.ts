import { describe, expect, it } from "vitest";
import { type Route, type RouteName, ROUTES } from "../../contract/index.ts";
import { auditEntry, device, entry, isoAt, job, plan, policyDevice, refusal, verdictFor } from "./fake-rows.suite.ts";
import { faultsOf } from "./true-replies.suite.ts";

const JSON_MEDIA = "application/json; charset=utf-8";
const page = (row: unknown): unknown => ({ rows: [row], next: null });
const auditPage = (row: object): unknown => ({ rows: [row], next: null, completeFromAt: auditEntry.recordedAt });
const withJob = (changes: object): unknown => page({ ...device, job: { ...job, ...changes } });
const verdict = (changes: object): unknown => withJob({ verdict: { ...job.verdict, ...changes } });

function faults(name: RouteName, value: unknown, status = 200, type: string | undefined = JSON_MEDIA): string[] {
  const route: Route = ROUTES[name];
  return faultsOf(route, { status, type, text: JSON.stringify(value) });
}

describe("a reply of the fake", () => {
  it.each<[RouteName, unknown]>([
    ["listDevices", page(device)],
    ["timeline", page(entry)],
    ["showPlan", plan],
    ["listAudit", auditPage(auditEntry)],
    ["listAudit", auditPage({ ...auditEntry, route: "resetToken", outcome: "token-last" })],
    ["listRefusals", page(refusal)],
    [
      "listDevices",
      withJob({
        state: "done",
        reason: "updated",
        verdict: verdictFor("", "updated"),
        next: null,
        finishedAt: isoAt(0),
      }),
    ],
  ])("is true: %s", (name, value) => {
    expect(faults(name, value)).toEqual([]);
  });

  it.each<[string, RouteName, unknown, RegExp]>([
    [
      "a reason that no job has",
      "listDevices",
      withJob({ reason: "low-battery" }),
      /reason of a job can't be "low-battery"/,
    ],
    ["a state that no job has", "listDevices", withJob({ state: "blokced" }), /state of a job/],
    ["a code that no verdict has", "listDevices", verdict({ reason: "x" }), /reason of a verdict can't be "x"/],
    ["a verdict of another reason", "listDevices", verdict({ reason: "downloading" }), /verdict of a job/],
    [
      "other words than the product's",
      "listDevices",
      verdict({ sentence: "Blocked: it is at 12 %." }),
      /verdict of a job/,
    ],
    [
      "a step that there is not",
      "listDevices",
      withJob({ next: { action: "wait", dueAt: isoAt(0) } }),
      /action of a next step/,
    ],
    ["an ended job that goes on", "listDevices", withJob({ finishedAt: isoAt(0) }), /finishedAt of a job/],
    ["a running job without a next step", "listDevices", withJob({ next: null }), /next of a job/],
    [
      "a kind that no entry has",
      "timeline",
      page({ ...entry, kind: "job" }),
      /kind of a timeline entry can't be "job"/,
    ],
    [
      "a sentence that the entry does not have",
      "timeline",
      page({ ...entry, sentence: "Pushed" }),
      /sentence of a timeline entry/,
    ],
    ["a count of what no job is", "showPlan", { ...plan, states: { waiting: 1 } }, /states of a plan/],
    ["a key that the contract has not", "showPlan", { ...plan, colour: "red" }, /the contract has no \.colour/],
    ["a key that is missing", "showPlan", { ...plan, to: undefined }, /to: /],
    [
      "an outcome that no request has",
      "listAudit",
      auditPage({ ...auditEntry, outcome: "fine" }),
      /outcome of a row of the audit/,
    ],
    [
      "a route that there is not",
      "listAudit",
      auditPage({ ...auditEntry, route: "stop" }),
      /route of a row of the audit/,
    ],
    ["a refusal by no code", "listRefusals", page({ ...refusal, reason: "no" }), /reason of a refusal/],
    [
      "a setting left out by no code",
      "policyDevices",
      page({ ...policyDevice, leftOut: [{ path: "A", reason: "x", sentence: "y" }] }),
      /reason of a setting left out/,
    ],
  ])("is found out with %s", (_what, name, value, words) => {
    expect(faults(name, value).join("\n")).toMatch(words);
  });

  const problemOf = (code: string, status: number): unknown => {
    const words = { type: "t", title: "t", detail: "d", remedy: "r", requestId: "i" };
    return { ...words, code, status };
  };
  it.each<[string, RouteName, number, string | undefined, unknown, RegExp]>([
    ["an error of the route", "showPlan", 404, "plan-unknown", undefined, /^$/],
    ["an error of every route", "showPlan", 401, "unauthorized", undefined, /^$/],
    ["an error of another route", "showPlan", 404, "policy-unknown", undefined, /does not have the error/],
    ["an error that there is not", "showPlan", 404, "plan-gone", undefined, /no error has the code/],
    ["an error with another status", "showPlan", 400, "plan-unknown", undefined, /is 404, not 400/],
    ["a status that the route has not", "showPlan", 202, undefined, plan, /no reply of the route is 202/],
  ])("is judged with %s", (_what, name, status, code, value, words) => {
    const said =
      code === undefined
        ? faults(name, value, status)
        : faults(name, problemOf(code, status), status, "application/problem+json");
    expect(said.join("\n")).toMatch(words);
  });
});
