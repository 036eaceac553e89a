/** JSON values for property tests. */
import fc from "fast-check";

/**
 * JSON values as they are after they were written and read once. A number that JSON cannot write the same way again (−0 is
 * written as 0) would make two equal stored documents look different.
 */
export const jsonValues = (constraints: fc.JsonSharedConstraints = {}): fc.Arbitrary<fc.JsonValue> =>
  fc.jsonValue(constraints).map((value) => JSON.parse(JSON.stringify(value)) as fc.JsonValue);
