import { describe, expect, it } from "vitest";
import { remembered } from "./remembered.ts";

/** Reads a text as its length; `asked`: what it was asked for. */
function reader(longest: number, bytes: number) {
  const asked: string[] = [];
  const read = remembered(
    (text) => {
      asked.push(text);
      return text === "none" ? undefined : { length: text.length };
    },
    longest,
    bytes,
  );
  return { asked, read };
}

describe("what is remembered of a text", () => {
  it("is what reading it gave, the very same, also where that is nothing", () => {
    const { asked, read } = reader(10, 100);
    expect(read("aa")).toBe(read("aa"));
    expect([read("none"), read("none")]).toEqual([undefined, undefined]);
    expect(asked).toEqual(["aa", "none"]);
  });

  it("is not that of another text", () => {
    const { read } = reader(10, 100);
    expect([read("a"), read("b"), read("aa")]).toEqual([{ length: 1 }, { length: 1 }, { length: 2 }]);
    expect(read("a")).not.toBe(read("b"));
  });

  it("is nothing where the text is too long", () => {
    const { asked, read } = reader(3, 100);
    for (let n = 0; n < 2; n += 1) for (const text of ["abc", "abcd"]) read(text);
    expect(asked).toEqual(["abc", "abcd", "abcd"]);
  });

  it("takes no more than it may: what has not been used lately is forgotten first", () => {
    const { asked, read } = reader(10, 4);
    for (const text of ["aa", "bb", "cc", "aa", "dd", "ee", "aa", "bb"]) read(text);
    // "aa" was used between all of them and is read once; "bb" has gone meanwhile.
    expect(asked).toEqual(["aa", "bb", "cc", "dd", "ee", "bb"]);
  });
});
