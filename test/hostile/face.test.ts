/** The MDM endpoint under damaged requests of every kind; what broke it once is asked again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FACE_FOUND } from "../fixtures/hostile.ts";
import { propertySeed } from "../properties/seed.ts";
import { type FaceStage, fuzzFace, startFace } from "./face.ts";

/** `npm run fuzz` makes as many as it is asked for. */
const RUNS = 300;
let stage: FaceStage;
beforeAll(async () => {
  stage = await startFace();
});

describe("the MDM endpoint under hostile requests", () => {
  it("is never broken, never says 401, tells and logs no secret, touches no other device and answers the next one", {
    timeout: 300_000,
  }, async () => {
    const { runs, failure } = await fuzzFace(stage, { runs: RUNS, seed: propertySeed() });
    expect(failure).toBeUndefined();
    expect(runs).toBe(RUNS);
    // Neither are all of them nonsense, nor all of them harmless.
    for (const status of [200, 400, 403, 404]) expect(stage.statuses.get(status) ?? 0).toBeGreaterThan(RUNS / 50);
  });

  it.each(FACE_FOUND)("holds where it did not: $title", async ({ found }) => {
    await expect(stage.play(found)).resolves.toBeUndefined();
  });

  // Last, since it ends the server.
  afterAll(() => stage.close());
});
