/** `npm run docs`: writes the pages that are generated from the source. */
import { writeFileSync } from "node:fs";
import { renderConfigDocs } from "./docs.ts";

writeFileSync(new URL("../../../docs/configuration.md", import.meta.url), renderConfigDocs());
