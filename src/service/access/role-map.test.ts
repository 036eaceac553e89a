import { describe, expect, it } from "vitest";
import { type Claims, claimValues, roleOf } from "./role-map.ts";

const MAP = [
  { value: "it", role: "operator" },
  { value: "it-leads", role: "admin" },
  { value: "cn=all,dc=example", role: "viewer" },
  { value: "it-leads", role: "viewer" },
] as const;

describe("the role that claims give", () => {
  it.each<[string, Claims, string, ReturnType<typeof roleOf>]>([
    ["of a list", { groups: ["x", "it"] }, "groups", "operator"],
    ["of a single text", { groups: "it" }, "groups", "operator"],
    ["the highest of several", { groups: ["cn=all,dc=example", "it", "it-leads"] }, "groups", "admin"],
    ["within an object", { realm_access: { roles: ["it"] } }, "realm_access.roles", "operator"],
    ["of a claim whose name has a dot", { "https://x.example/groups": ["it"] }, "https://x.example/groups", "operator"],
    ["none without the claim", { sub: "1" }, "groups", undefined],
    ["none of an empty list", { groups: [] }, "groups", undefined],
    ["none of a value in another case", { groups: ["IT"] }, "groups", undefined],
    ["none of a part of a value", { groups: ["it-other", "not it"] }, "groups", undefined],
    ["none of what is no text", { groups: [1, null, { it: true }, ["it"]] }, "groups", undefined],
    ["none of an object", { groups: { it: true } }, "groups", undefined],
    ["none of what every object has", { groups: ["it"] }, "constructor.name", undefined],
  ])("%s", (_what, claims, claim, role) => {
    expect(roleOf(claims, claim, MAP)).toBe(role);
  });

  it("is found in the values as they are", () => {
    expect(claimValues({ groups: ["a", 2, "b"] }, "groups")).toEqual(["a", "b"]);
    expect(claimValues({}, "groups")).toEqual([]);
  });
});
