/**
 * Simulated Apple devices and the fake push service they listen to. They enroll over real HTTPS with real cryptography,
 * behave as Apple's devices do, and each keeps its own record of what truly happened to it.
 * Nothing here is shared with the server, so that a mistake cannot cancel itself out.
 */
export type { Clock } from "./clock.ts";
export { scaledClock, whileHeld } from "./clock.ts";
export type { Network } from "./network.ts";
export { type Random, random } from "./random.ts";
export { type OtherProcesses, type VirtualTime, virtualTime } from "./virtual-time.ts";
export type { SimDevice, SimDeviceOptions } from "./device.ts";
export { createDevice } from "./device.ts";
export type { ProfileAsker, ProfileSource } from "./enrol.ts";
export type {
  FakeApns,
  FakeApnsOptions,
  Push,
  PushListener,
  PushLogEntry,
  PushSource,
  ScriptedFailure,
} from "./fake-apns.ts";
export { deafness, startFakeApns } from "./fake-apns.ts";
export type { Fleet, FleetOptions } from "./fleet.ts";
export { assignKinds, runFleet } from "./fleet.ts";
export { type KeyPool, useKeyPool } from "./keys.ts";
export type { Pace } from "./pace.ts";
export type { KindName } from "./kinds.ts";
export { allKindNames, declaredKindNames, kindNames } from "./kinds.ts";
export type { CertificateAndKey } from "./push-certificate.ts";
export { loopbackCertificate, pushCertificate } from "./push-certificate.ts";
export type { SimDeclarations, SimEvent, SimInstall, SimLog, SimRecord } from "./record.ts";
export type { SimPlatform, SimRelease } from "./releases.ts";
export { sampleReleases } from "./releases.ts";
export type { Faults } from "./session.ts";
// The pieces a device driven by hand is made of.
export type { MdmPayload, EnrollmentProfile, ScepPayload } from "./profile.ts";
export { profileAt, ProfileRefused, readProfile } from "./profile.ts";
export type { PlistDict, PlistValue } from "./plist.ts";
export { isDict, list, readPlist, Real, text, writePlist } from "./plist.ts";
export type { DeviceIdentity } from "./scep-client.ts";
export { beginTransaction, getCaCert, requestIdentity, ScepRefused } from "./scep-client.ts";
export type { HttpReply, HttpRequest, RequestSeen, Transport, TransportOptions } from "./transport.ts";
export { createTransport, reasonOf } from "./transport.ts";
