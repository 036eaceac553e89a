/** The bytes of a message that a row tells of, as far as they are kept. */
import { UptickError } from "../../errors/index.ts";
import type { AdminStore, RawRef } from "../../store/index.ts";

/** Throws `raw-not-kept`. */
export async function bytesOf(admin: AdminStore, enrollmentId: string, ref: RawRef): Promise<Uint8Array> {
  const bytes =
    "commandUuid" in ref
      ? await admin.commandBytes(enrollmentId, ref.commandUuid)
      : await admin.body(enrollmentId, ref.batch, ref.n);
  if (bytes === undefined) throw new UptickError("raw-not-kept", `The message of ${ref.bytes} bytes is not kept.`);
  return bytes;
}
