import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DECLARATION_KINDS, parseEndpoint } from "../index.ts";

describe("an endpoint", () => {
  it.each(["tokens", "declaration-items", "status"] as const)("is %s", (endpoint) => {
    expect(parseEndpoint(endpoint)).toEqual({ endpoint });
  });

  it.each(["a", "a/b", "../../etc/passwd", "?x=1#y", "a%2Fb", "é\n", "/"])(
    "is a declaration called %j",
    (identifier) => {
      expect(parseEndpoint(`declaration/configuration/${identifier}`)).toEqual({
        endpoint: "declaration",
        kind: "configuration",
        identifier,
      });
    },
  );

  it.each([
    "",
    "token",
    "Tokens",
    "tokens/",
    "declaration",
    "declaration/",
    "declaration//a",
    "declaration/asset",
    "declaration/asset/",
    "declaration/configurations/a",
    "declaration/__proto__/a",
    "toString",
    ` status`,
    `declaration/asset/${"x".repeat(65)}`,
  ])("is a problem: %j", (text) => {
    expect(parseEndpoint(text)).toEqual({ problem: expect.stringMatching(/\.$/) as string });
  });

  it("gives back every kind and identifier", () => {
    const identifier = fc.string({ unit: "binary", minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(fc.constantFrom(...DECLARATION_KINDS), identifier, (kind, name) => {
        expect(parseEndpoint(`declaration/${kind}/${name}`)).toEqual({
          endpoint: "declaration",
          kind,
          identifier: name,
        });
      }),
    );
  });
});
