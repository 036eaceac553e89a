/** The door of `main`: the server as a whole, for the commands that run it or work on its data. */
export { type Clock, type RealClock } from "./clock.ts";
export { loadConfig } from "./config/index.ts";
export { createIds, type RandomBytes } from "./ids.ts";
export { createLogger } from "./log.ts";
export { INTERVALS, type Intervals, type Loops } from "./loops.ts";
export { serve } from "./serve.ts";
export { createServices, type ServiceConfig, type Services } from "./services.ts";
export { type RunningServer, startServer } from "./start-server.ts";
export { accountReset } from "./account-reset.ts";
export { tokenReset } from "./token-reset.ts";
export { createTrustedClock, type Reading } from "./trusted-clock.ts";
