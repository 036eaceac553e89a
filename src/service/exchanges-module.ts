/** Where a store's worker thread finds the exchanges: it can't be handed functions, only the module they stand in. */
export const EXCHANGES_MODULE = new URL("./exchanges/index.ts", import.meta.url);
