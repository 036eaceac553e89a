/** The door of `main`: the server as a whole, for the commands that run it or work on its data. */
export { type Clock, createClock, formatClockSpec } from "./clock.ts";
export { loadConfig } from "./config/index.ts";
export { createLogger } from "./log.ts";
export { serve } from "./serve.ts";
export { type RunningServer, startServer } from "./start-server.ts";
export { tokenReset } from "./token-reset.ts";
