/** The process of the parts of the service: started as `npm start` starts a server, so that its memory is like that of one. */
import { readOptions } from "../options.ts";
import { benchService } from "./service.ts";

await benchService(readOptions(process.argv.slice(2)));
