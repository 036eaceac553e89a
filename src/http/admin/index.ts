/** The door of `http/admin`: the admin API's API. */
export { type AdminDeps, adminServerOptions, registerAdmin } from "./register.ts";
