/** Runs once before all tests: says which seed the properties use, since a report of a failure is read without the command. */
import { propertySeed, SEED_VARIABLE } from "./seed.ts";

export default function announce(): void {
  console.log(`Property tests use seed ${propertySeed()} (${SEED_VARIABLE} chooses another).`);
}
