/** The door of `http/admin`: the admin API. */
export { type AdminDeps, adminServerOptions, registerAdmin } from "./register.ts";
