/** What the MDM endpoint and the admin API both read from the head of a request. */
export { headerValues } from "./header-values.ts";
export { clientAddress, type Head, type IsProxy } from "./client-address.ts";
export { cameByTls } from "./client-scheme.ts";
