/** What a check of the server says that is wrong, and does not keep it from serving devices. Times are ms UTC. */
import { serverWarningWords, type WarningParams } from "./warnings.ts";
import { dayOf } from "./day.ts";

interface HealthParams {
  "push-certificate-missing": object;
  "push-certificate-ended": { readonly at: number };
  "clock-suspect": WarningParams["clock-suspect"];
  /** Bytes that the server may still write. */
  "disk-almost-full": { readonly free: number };
}

interface Words {
  readonly sentence: string;
  readonly remedy: string;
}

const MIB = 1024 * 1024;

const WORDS: { readonly [C in keyof HealthParams]: (params: HealthParams[C]) => Words } = {
  "push-certificate-missing": () => ({
    sentence: "No push certificate is imported: devices can't enroll.",
    remedy:
      "Create a request with uptick push csr, and import the certificate from Apple's portal: uptick push import FILE.",
  }),
  "push-certificate-ended": ({ at }) => ({
    sentence: `The push certificate ended on ${dayOf(at)}: Uptick can't wake devices, and acts only when they check in.`,
    remedy: "Renew the same certificate in Apple's Push Certificates Portal and import it: uptick push import FILE.",
  }),
  "clock-suspect": (params) => serverWarningWords("clock-suspect", params),
  "disk-almost-full": ({ free }) => ({
    sentence: `The file system of data-dir has ${Math.floor(free / MIB)} MiB left. When it is full, devices get 503.`,
    remedy: "Free space, or move data-dir to a larger file system while the server is stopped.",
  }),
};

/** A note on the health of the server, with its code as the reason. */
export const healthWords = <C extends keyof HealthParams>(
  code: C,
  params: HealthParams[C],
): Words & { readonly reason: C } => ({ reason: code, ...WORDS[code](params) });
