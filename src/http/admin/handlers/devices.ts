/** Devices, timelines, adoption. */
import { csv, type Handlers, lines, ok } from "./reply.ts";

export const deviceHandlers: Handlers<
  | "listDevices"
  | "deviceAggregate"
  | "devicesCsv"
  | "devicesJson"
  | "showDevice"
  | "timeline"
  | "timelineRaw"
  | "removeDevice"
  | "adoptDevice"
  | "adoptDevices"
  | "listWaiting"
  | "setZone"
  | "report"
  | "compliance"
> = {
  listDevices: async ({ devices }, { query }) => ok(await devices.list(query)),

  deviceAggregate: async ({ devices }, { query }) => ok(await devices.aggregate(query)),

  devicesCsv: async ({ devices }, { query }) => csv("devices.csv", devices.csv(query)),

  devicesJson: async ({ devices }, { query }) => lines(devices.all(query)),

  showDevice: async ({ devices }, { params }) => ok(await devices.show(params.ref)),

  timeline: async ({ devices }, { params, query }) => ok(await devices.timeline(params.ref, query.after, query.limit)),

  timelineRaw: async ({ devices }, { params }) => ({
    status: 200,
    media: "application/octet-stream",
    body: await devices.timelineRaw(params.ref, params.seq),
  }),

  setZone: async ({ devices }, { params, body }, actor) => ok(await devices.setZone(actor, params.ref, body.zone)),

  listWaiting: async ({ devices }, { query }) => ok(await devices.waiting(query.after, query.limit)),

  adoptDevice: async ({ devices }, { params, query }, actor) =>
    ok(await devices.adopt(actor, params.ref, query.certificate)),

  adoptDevices: async ({ devices }, { query, body }, actor) =>
    ok(query.dryRun ? await devices.tryAdoptAll(body) : await devices.adoptAll(actor, body)),

  compliance: async ({ devices }) => ok(await devices.compliance()),

  report: async ({ devices }, { query }) =>
    lines(devices.report(query.at === undefined ? undefined : Date.parse(query.at))),

  removeDevice: async ({ devices }, { params, query }, actor) =>
    ok(query.dryRun ? await devices.tryRemove(params.ref) : await devices.remove(actor, params.ref)),
};
