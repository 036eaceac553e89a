/** The door of `rehearse`. */
export { rehearse } from "./rehearse.ts";
