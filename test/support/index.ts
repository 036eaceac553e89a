/** The harness of whole-route tests: a real server in this process and devices driven by hand. */
export {
  type Able,
  ableDevice,
  ARRIVED,
  BY_FRIDAY,
  declaredPlan,
  inForce,
  jobOf,
  pendingBy,
} from "./declared-scenes.ts";
export { CAPABLE, type Declarative, declarative, type Declared } from "./declarative.ts";
export {
  CHECKIN,
  CONNECT,
  detachedSignature,
  type Device,
  type DeviceOptions,
  enrolDevice,
  IPHONE,
  newDevice,
  newIdentity,
  newProfile,
  type Received,
  renewedDevice,
  type Reply,
  type Says,
  typesOf,
} from "./device.ts";
export {
  ASPEN,
  commandBytes,
  endHalt,
  makePlan,
  pausePlan,
  planJob,
  rawCommand,
  resumePlan,
  scheduleUpdate,
  startHalt,
  stopPlan,
} from "./admin.ts";
export { browse, newLink, type PageReply } from "./enrollment-link.ts";
export { leaksSince, openHandles } from "./leaks.ts";
export { forget, insertRow } from "./database.ts";
export { kindsOf, type Memory, memoryOf, storyOf } from "./memory.ts";
export { makePolicy, policyDevice, type Profiles, profiles, removePolicy, settledPolicy } from "./policies.ts";
export { type OpensslCa, opensslCa, respelt } from "./openssl-ca.ts";
export { scep, type ScepReply } from "./scep.ts";
export { isoOf, msOf } from "./ms.ts";
export { SOON } from "./soon.ts";
export { START, startUptick, type Uptick, type UptickOptions } from "./uptick.ts";
export type { WebClient, WebReply, WebRequest } from "./web-client.ts";
export { DOWNLOADED, NOTHING_IN_PROGRESS, progress, result } from "./scenes.ts";
