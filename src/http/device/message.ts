/** A request to the MDM endpoint as the endpoint's function takes it, however it was carried. */
import type { IncomingMessage } from "node:http";
import { clientAddress, headerValues } from "../head/index.ts";
import type { Body } from "./body.ts";
import type { DeviceReply, DeviceRequest } from "./reply.ts";
import { whyUnproven } from "./unproven.ts";
import { certificateOf, type Trust } from "./who.ts";

export function messageFrom(request: IncomingMessage, { bytes: body, ...oversize }: Body, trust: Trust): DeviceRequest {
  return {
    contentTypes: headerValues(request.rawHeaders, "content-type"),
    body,
    certificate: certificateOf(request, body, trust),
    unproven: () => whyUnproven(request, trust),
    address: clientAddress(request, (hop) => trust.proxy(hop)),
    ...oversize,
  };
}

export const contentTypeOf = ({ json }: DeviceReply): string =>
  json === true ? "application/json" : "application/xml; charset=UTF-8";
