/** The build of recheck that runs in this process, on any machine; the package describes only the one that starts a program. */
declare module "recheck/lib/browser.js" {
  export { checkSync } from "recheck";
}
