/** Half of the weeks of seeded faults that every run of the tests lives. */
import { testWeeks } from "./test-weeks.ts";

testWeeks(101, 100);
