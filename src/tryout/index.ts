/** The door of `tryout`. */
export { tryout } from "./tryout.ts";
