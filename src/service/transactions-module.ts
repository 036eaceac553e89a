/** Where a store's worker thread finds the transactions: it can't be handed functions, only the module they stand in. */
export const TRANSACTIONS_MODULE = new URL("./transactions.ts", import.meta.url);
