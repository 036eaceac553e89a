/** The door of the device face. */
export { answerDevice, type DeviceReply, type DeviceRequest } from "./reply.ts";
export type { Trust } from "./who.ts";
export { BODY_LIMIT, registerDevice } from "./routes.ts";
