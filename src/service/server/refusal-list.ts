/** Refused requests as an admin reads them. */
import type { Page, Refusal } from "../../contract/index.ts";
import type { EnrollmentRow, RefusalQuery, RefusalRow } from "../../store/index.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import type { Ports } from "../ports.ts";
import type { Refusals } from "./refusals.ts";

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

/** `owner`: the enrollment that the certificate belongs to, where it is still known. */
function refusalView(row: RefusalRow, owner: EnrollmentRow | null): Refusal {
  const { id, source, reason, sentence, remedy, udid, fingerprint, address, count, firstAt, lastAt } = row;
  return {
    ...{ id, source, reason, sentence, remedy, udid, fingerprint, address, count },
    owner: owner === null ? null : { id: owner.id, name: owner.deviceName, serial: owner.serial },
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
  };
}
