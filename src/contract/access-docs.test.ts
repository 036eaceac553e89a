import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderAccessDocs } from "./access-docs.ts";
import { type Route, ROUTES } from "./index.ts";

const routes: readonly [string, Route][] = Object.entries(ROUTES);
const named = (fits: (route: Route) => boolean): string[] =>
  routes.flatMap(([name, route]) => (fits(route) ? [name] : [])).toSorted();

/** What decides who may do what, and what the server is. */
const ADMINS = [
  ...["acceptClock", "createAccount", "createToken", "editAccount", "endSessions", "importPush", "listAccounts"],
  ...[
    "listTokens",
    "pushRequest",
    "rawCommand",
    "removeAccount",
    "revokeToken",
    "setPassword",
    "showAccount",
    "showToken",
  ],
  // Webhooks carry what happens here to other systems.
  ...["createWebhook", "deleteWebhook", "editWebhook", "listDeliveries", "listWebhooks", "retryDelivery"],
  ...["rotateWebhookSecret", "showWebhook", "testWebhook"],
].toSorted();
/** What everybody may change: their own session. */
const OWN = ["changeOwnPassword", "signOut"];

describe("the roles of the route table", () => {
  it("give the admin what decides about access and the server itself", () => {
    expect(named(({ role }) => role === "admin")).toEqual(ADMINS);
  });

  it("let a viewer read the rest and an operator change the rest", () => {
    const others = named(
      ({ method, role, open }) => open !== true && role !== (method === "GET" ? "viewer" : "operator"),
    );
    expect(others).toEqual([...ADMINS, ...OWN].toSorted());
  });

  it("leave open what a balancer asks, and how a session begins, and what describes the API", () => {
    expect(named(({ open }) => open === true)).toEqual([
      "beginOidc",
      "finishOidc",
      "health",
      "openApi",
      "ready",
      "setUp",
      "signIn",
    ]);
  });
});

describe("docs/access.md", () => {
  it("is what the route table says (npm run docs writes it)", () => {
    const page = readFileSync(new URL("../../docs/access.md", import.meta.url), "utf8");
    expect(page).toBe(renderAccessDocs());
  });

  it("has a row for each route", () => {
    const page = renderAccessDocs();
    for (const [, { method, path }] of routes) expect(page.split(`| \`${method} ${path}\` |`)).toHaveLength(2);
  });
});
