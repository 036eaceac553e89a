/** Hostile requests for every operation of the OpenAPI document, on the seed of all property tests; `npm run fuzz` tries others. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiStage, startApi } from "./api.ts";
import { type ApiRequest, OPERATIONS, requestsFor } from "./api-requests.ts";

let stage: ApiStage;
beforeAll(async () => {
  stage = await startApi();
});
afterAll(() => stage.close());

/** Requests of each operation: enough for every kind of fault over all of them. */
const RUNS = 12;

describe("hostile requests", () => {
  it.each(OPERATIONS.map((operation) => [operation.operationId, operation] as const))(
    "are answered as the document says by %s",
    async (_name, operation) => {
      const played: ApiRequest[] = [];
      const property = fc.asyncProperty(requestsFor(operation, stage.known), async (request) => {
        played.push(request);
        await stage.play(request);
      });
      await fc.assert(property, { numRuns: RUNS });
      expect(played.length).toBe(RUNS);
    },
  );

  it("were taken and refused in every way", () => {
    const seen = [...stage.statuses.keys()];
    for (const status of [200, 400, 401, 404, 409, 413, 415]) expect(seen).toContain(status);
  });
});
