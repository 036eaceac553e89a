/** Refused requests as an admin reads them. */
import type { Page, Refusal } from "../../contract/index.ts";
import type { RefusalQuery } from "../../store/index.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import type { Ports } from "../ports.ts";
import type { Refusals } from "./refusals.ts";
import { refusalView } from "../views.ts";

/** The list that a cursor of refusals is of. */
const REFUSED = "refusals";

/** The latest first. What this process has gathered is written first, so that the list is as of now. */
export async function listRefusals(
  { admin }: Pick<Ports, "admin">,
  refusals: Pick<Refusals, "flush">,
  { after, ...rest }: RefusalQuery,
): Promise<Page<Refusal>> {
  await refusals.flush();
  const key = keyIn(REFUSED, after);
  const { rows, next } = await admin.refusals({ ...rest, ...(key === undefined ? {} : { after: key }) });
  return { rows: rows.map(({ refusal, owner }) => refusalView(refusal, owner)), next: cursorOf(REFUSED, next) };
}
