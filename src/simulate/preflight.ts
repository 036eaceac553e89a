/** Is there a server at all? Asked once, before a thousand devices find out each for itself. */
import {
  createTransport,
  type EnrollmentProfile,
  getCaCert,
  reasonOf,
  scaledClock,
  ScepRefused,
} from "../../simulator/index.ts";
import { UptickError } from "../errors/index.ts";

const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_|ALTNAME/;

/** Throws `server-unreachable`, `enrolment-refused`. */
export async function preflight(
  profile: EnrollmentProfile,
  trust: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const transport = createTransport(scaledClock({ start: Date.now(), factor: 1 }), signal);
  transport.trust([...trust, ...profile.roots]);
  try {
    await getCaCert(profile.scep, transport);
  } catch (error) {
    if (signal.aborted) return;
    throw worded(new URL(profile.scep.url).origin, error);
  } finally {
    transport.disconnect();
  }
}

function worded(origin: string, error: unknown): UptickError {
  if (error instanceof ScepRefused) {
    const remedy = "Check that the profile is from this server: the SCEP address does not return its CA certificate.";
    return new UptickError("enrolment-refused", `${origin}: ${error.message}`, { cause: error, remedy });
  }
  const code = reasonOf(error);
  const remedy = UNTRUSTED.test(code)
    ? "Give the CA of the server's certificate with --trust FILE, or use a host name that the certificate contains."
    : "Start the server, or give its address with --server https://HOST:PORT.";
  return new UptickError("server-unreachable", `Devices can't reach ${origin} (${code}).`, { cause: error, remedy });
}
