/** The door of `virtual`: a server and a fleet in one process, on virtual time. */
export { createVirtualNetwork, type Trip, type VirtualNetwork, type VirtualNetworkOptions } from "./network.ts";
export { createVirtualPush, type PushFate, type VirtualPush } from "./push.ts";
export { startVirtualServer, type VirtualServer, type VirtualServerOptions } from "./server.ts";
