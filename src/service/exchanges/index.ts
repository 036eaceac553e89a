/** All exchanges by name: the module a store's worker thread loads. */
import { pushSent, tend } from "./care.ts";
import { authenticate, checkOut, getBootstrapToken, otherCheckin, setBootstrapToken, tokenUpdate } from "./check-in.ts";
import { addChallenge, issue } from "./identity.ts";
import { chunkMade, createPlan, jobDue, makeJob, planSettled, stopPlan } from "./plan.ts";
import { poll } from "./poll.ts";
import { enqueueRaw } from "./raw.ts";
import { noteRejected } from "./rejected.ts";
import { dropRenewal, postponeRenewal, renew } from "./renewal.ts";
import { addFirstToken, addToken, adopt, dropToken, noteReleases, remember, takeAskedSecrets } from "./server.ts";

export const exchanges = [
  addChallenge,
  addFirstToken,
  addToken,
  adopt,
  authenticate,
  checkOut,
  chunkMade,
  createPlan,
  dropRenewal,
  dropToken,
  enqueueRaw,
  getBootstrapToken,
  issue,
  jobDue,
  makeJob,
  noteRejected,
  noteReleases,
  otherCheckin,
  planSettled,
  poll,
  postponeRenewal,
  pushSent,
  remember,
  renew,
  setBootstrapToken,
  stopPlan,
  takeAskedSecrets,
  tend,
  tokenUpdate,
];
