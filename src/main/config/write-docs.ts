/** `npm run docs`: writes the pages that are generated from the source. */
import { writeFileSync } from "node:fs";
import { renderAccessDocs, renderApiDocs } from "../../contract/index.ts";
import { renderErrorDocs } from "../../errors/index.ts";
import { renderConfigDocs } from "./docs.ts";

const pages = {
  configuration: renderConfigDocs(),
  api: renderApiDocs(),
  access: renderAccessDocs(),
  errors: renderErrorDocs(),
};
for (const [name, text] of Object.entries(pages)) {
  writeFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), text);
}
