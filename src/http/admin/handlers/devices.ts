/** Devices, timelines, adoption. */
import { type Handlers, ok } from "./reply.ts";

export const deviceHandlers: Handlers<
  | "listDevices"
  | "showDevice"
  | "timeline"
  | "timelineRaw"
  | "removeDevice"
  | "adoptDevice"
  | "adoptDevices"
  | "listWaiting"
  | "setZone"
> = {
  listDevices: async (service, { query }) => ok(await service.devices(query)),

  showDevice: async (service, { params }) => ok(await service.device(params.ref)),

  timeline: async (service, { params, query }) => ok(await service.timeline(params.ref, query.after, query.limit)),

  timelineRaw: async (service, { params }) => ({
    status: 200,
    media: "application/octet-stream",
    body: await service.timelineRaw(params.ref, params.seq),
  }),

  setZone: async (service, { params, body }) => ok(await service.setZone(params.ref, body.zone)),
  adoptDevice: async (service, { params, query }) => ok(await service.adopt(params.ref, query.certificate)),
  listWaiting: async (service, { query }) => ok(await service.waiting(query.after, query.limit)),
  adoptDevices: async (service, { query, body }) => ok(await service.adoptAll(body, query.dryRun)),
  removeDevice: async (service, { params, query }) => ok(await service.remove(params.ref, query.dryRun)),
};
