/** When these benches take place (ms UTC): three days after Apple served the list that they use, whatever the clock says. */
import { SAMPLE_SERVED_AT } from "../../../src/catalog/index.ts";

export const NOW = SAMPLE_SERVED_AT + 3 * 86_400_000;
