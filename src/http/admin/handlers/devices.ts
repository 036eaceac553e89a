/** Devices, timelines, adoption. */
import { type Handlers, ok } from "./reply.ts";

export const deviceHandlers: Handlers<
  "listDevices" | "showDevice" | "timeline" | "timelineRaw" | "adoptDevice" | "adoptDevices" | "listWaiting" | "setZone"
> = {
  listDevices: async (service, { query }) => ok(await service.devices(query)),

  showDevice: async (service, { params }) => ok(await service.device(params.ref)),

  timeline: async (service, { params, query }) => {
    const rows = await service.timeline(params.ref, query.before, query.limit);
    const next = rows.length < query.limit ? null : (rows.at(-1)?.seq ?? null);
    return ok({ rows, next });
  },

  timelineRaw: async (service, { params }) => ({
    status: 200,
    media: "application/octet-stream",
    body: await service.timelineRaw(params.ref, params.seq),
  }),

  setZone: async (service, { params, body }) => ok(await service.setZone(params.ref, body.zone)),
  adoptDevice: async (service, { params, query }) => ok(await service.adopt(params.ref, query.certificate)),
  listWaiting: async (service, { query }) => ok(await service.waiting(query.after, query.limit)),
  adoptDevices: async (service, { query, body }) => ok(await service.adoptAll(body, query.dryRun)),
};
