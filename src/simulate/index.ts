/** The door of `simulate`. */
export { simulate } from "./simulate.ts";
