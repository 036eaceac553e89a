/** Half of the weeks of seeded faults that every run of the tests lives: after a stop, a pause and a halt no order leaves, and nothing stays declared (targets 13.5). */
import { testWeeks } from "./test-weeks.ts";

testWeeks(1, 100);
