/** Accounts of people. */
import { created, type Handlers, ok } from "./reply.ts";

type Names =
  | "createAccount"
  | "listAccounts"
  | "showAccount"
  | "editAccount"
  | "removeAccount"
  | "setPassword"
  | "endSessions";

export const accountHandlers: Handlers<Names> = {
  createAccount: async ({ access }, { body }, actor) => {
    const made = await access.createAccount(actor, body);
    return created(made, `/api/v1/accounts/${made.id}`);
  },

  listAccounts: async ({ access }, { query }) => ok(await access.accounts(query.after, query.limit)),

  showAccount: async ({ access }, { params }) => ok(await access.account(params.id)),

  editAccount: async ({ access }, { params, body }, actor) => ok(await access.editAccount(actor, params.id, body)),

  removeAccount: async ({ access }, { params }, actor) => {
    await access.removeAccount(actor, params.id);
    return { status: 204, media: null, body: null };
  },

  setPassword: async ({ access }, { params, body }, actor) => ok(await access.setPassword(actor, params.id, body)),

  endSessions: async ({ access }, { params }, actor) => ok(await access.endSessions(actor, params.id)),
};
