/** Apple's Software Lookup Service, of which a list of all releases is fetched. */
import type { LookupService } from "../../service/index.ts";
import { appleRootCa } from "./apple-root-ca.ts";
import { getJson, type JsonRequest } from "./get-json.ts";

/** Requirement of the product: more is no list of releases, which had 114 KB in August 2026. */
const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

export interface LookupServiceOptions extends Pick<JsonRequest, "url" | "sleep"> {
  /** PEM of the roots to trust instead of Apple's. */
  readonly ca?: string;
}

export function createLookupService({ url, ca = appleRootCa(), sleep }: LookupServiceOptions): LookupService {
  return {
    fetch: (validators, signal) =>
      getJson({ url, ca, validators, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, sleep, signal }),
  };
}
