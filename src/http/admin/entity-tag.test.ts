import type { FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { hasTag, tagOf } from "./entity-tag.ts";

const request = (...sent: readonly string[]): FastifyRequest =>
  ({ raw: { rawHeaders: sent.flatMap((value) => ["If-None-Match", value]) } }) as unknown as FastifyRequest;

describe("the tag of a reply", () => {
  it("is weak, the same for the same text, and another for another", () => {
    expect(tagOf("a")).toMatch(/^W\/"[\w-]{27}"$/);
    expect(tagOf("a")).toBe(tagOf("a"));
    expect(tagOf("a")).not.toBe(tagOf("b"));
  });

  const tag = 'W/"abc"';
  it.each<[boolean, readonly string[]]>([
    [true, ['W/"abc"']],
    [true, ['"abc"']],
    [true, ['"x", W/"abc"']],
    [true, ['"x,y"', 'W/"abc"']],
    [true, ["*"]],
    [true, [" * "]],
    [false, []],
    [false, [""]],
    [false, ["abc"]],
    [false, ['"ab"']],
    [false, ['"x*"']],
    [false, ['w/"abcd"']],
  ])("is found: %s in %j", (found, sent) => expect(hasTag(request(...sent), tag)).toBe(found));
});
