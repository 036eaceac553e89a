/** The door of the MDM endpoint. */
export { answerDevice, type DeviceReply, type DeviceRequest } from "./reply.ts";
export type { Trust } from "./who.ts";
export { type FailedHandshake, watchHandshakes } from "./handshakes.ts";
export { answerEnrollment, answerUndecodable, type EnrollmentReply, registerEnrollment } from "./enrollment.ts";
export { remembered } from "./remembered.ts";
export { registerDevice } from "./routes.ts";
