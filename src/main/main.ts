/** The `uptick` command: the REST commands of `cli`, and those that run a server, loaded only when they are asked for. */
import { runCli } from "../cli/index.ts";
