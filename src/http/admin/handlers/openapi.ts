/** The API's own description. */
import { type OpenApiDocument, renderOpenApi } from "../../../contract/index.ts";
import { type Handlers, ok } from "./reply.ts";

/** It is the same as long as the server runs. */
let rendered: { readonly version: string; readonly document: OpenApiDocument } | undefined;

export const openApiHandlers: Handlers<"openApi"> = {
  openApi: async ({ server }) => {
    const version = server.version();
    if (rendered?.version !== version) rendered = { version, document: renderOpenApi(version) };
    return ok(rendered.document);
  },
};
