/** Work ahead: so much at a time, and nothing that has failed is lost or left behind. */
import { describe, expect, it } from "vitest";
import { workAhead } from "./ahead.ts";

function manual() {
  const ends: ((error?: Error) => void)[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  return { ends, work };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("work ahead", () => {
  it("begins at once as long as there is room, and then as room comes", async () => {
    const { ends, work } = manual();
    const ahead = workAhead(2);
    await ahead.begin(work);
    await ahead.begin(work);
    const third = ahead.begin(work);
    await turn();
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await third;
    expect(ends).toHaveLength(3);
    let ended = false;
    const end = ahead.end().then(() => (ended = true));
    ends[0]?.();
    await turn();
    expect(ended).toBe(false);
    ends[2]?.();
    expect(await end).toBe(true);
  });

  it("throws what has failed, at the next beginning and at the end, once the rest has ended", async () => {
    const { ends, work } = manual();
    const ahead = workAhead(3);
    await ahead.begin(work);
    await ahead.begin(work);
    ends[0]?.(new Error("no room"));
    await turn();
    await expect(ahead.begin(work)).rejects.toThrow("no room");
    expect(ends).toHaveLength(2);
    let said: unknown;
    const end = ahead.end().catch((error: unknown) => (said = error));
    await turn();
    expect(said).toBeUndefined();
    ends[1]?.(new Error("another"));
    await end;
    expect(said).toEqual(new Error("no room"));
  });
});
