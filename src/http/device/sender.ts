/** How large a body a sender may send, and from which share of the budget: the better it is known, the more. */
import { REPORT_LIMITS } from "../../protocol/index.ts";
import type { MdmEndpoint } from "../../service/index.ts";
import { claimedSigner } from "../../identity/index.ts";
import type { Sender } from "../body/index.ts";
import type { BodyLimits } from "./body.ts";
import { type Head, headerValues } from "../head/index.ts";
import { certificateOf, type Trust } from "./who.ts";

/** Apple's limit is not documented; a check-in is a few KB, and a status report in one may be some hundred. */
export const BODY_LIMIT = 1024 * 1024;
/** Of who has proved nothing: SCEP messages and first check-ins have some KB. */
export const STRANGER_LIMIT = 64 * 1024;
/** Read to its end and not kept: the answer of a device that is known, which it would repeat without end if we hung up. */
const MOST_READ = 64 * 1024 * 1024;

export interface Allowance extends BodyLimits {
  readonly sender: Sender;
}

const same = (sender: Sender, bytes: number): Allowance => ({ sender, keep: bytes, read: bytes });

export const STRANGER: Allowance = same("stranger", STRANGER_LIMIT);

/**
 * Judged before the body is read. A certificate that the connection or a proxy proves counts whole where it is in our table.
 * One that our CA signed and that is not there, and a signature, which is over what nobody has read yet, are claims.
 * Rejects when the store can't be asked.
 */
export async function allowanceOf(head: Head, report: boolean, face: MdmEndpoint, trust: Trust): Promise<Allowance> {
  const proved = certificateOf(head, undefined, trust);
  if (proved !== undefined) {
    const shown = face.identify(proved);
    if ("refused" in shown) return STRANGER;
    if (!(await face.isKnown(shown.fingerprint))) return same("claimed", BODY_LIMIT);
    return report ? { sender: "known", keep: REPORT_LIMITS.maxBytes, read: MOST_READ } : same("known", BODY_LIMIT);
  }
  const [signature, ...more] = headerValues(head.rawHeaders, "mdm-signature");
  const signer = signature === undefined || more.length > 0 ? undefined : claimedSigner(signature);
  const shown = signer === undefined ? undefined : face.identify(signer);
  if (shown === undefined || "refused" in shown) return STRANGER;
  const known = report && (await face.isKnown(shown.fingerprint));
  return same("claimed", known ? REPORT_LIMITS.maxBytes : BODY_LIMIT);
}
