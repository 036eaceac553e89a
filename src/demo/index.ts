/** The door of `demo`. */
export { demo } from "./demo.ts";
