/** The door of `http/admin`: the web face's API. */
export { type AdminDeps, adminServerOptions, registerAdmin } from "./register.ts";
