/** All exchanges by name: the module a store's worker thread loads. */
import { pushSent, tend } from "./care.ts";
import { authenticate, checkOut, getBootstrapToken, otherCheckin, setBootstrapToken, tokenUpdate } from "./check-in.ts";
import { addChallenge, issue } from "./identity.ts";
import { fetchDeclaration, syncItems, syncTokens } from "./declarative.ts";
import { addLink, followLink, revokeLink } from "./link.ts";
import { chunkMade, createPlan, jobDue, makeJob, planSettled, stopPlan } from "./plan.ts";
import { poll } from "./poll.ts";
import { enqueueRaw } from "./raw.ts";
import { noteRefusals } from "./refusals.ts";
import { noteRejected } from "./rejected.ts";
import {
  addFirstToken,
  addToken,
  adopt,
  dropToken,
  noteReleases,
  remember,
  rememberFirst,
  setZone,
  takeAskedSecrets,
} from "./server.ts";
import { reportStatus } from "./status.ts";
import { answerUnreadable } from "./unreadable.ts";
import { dropRenewal, postponeRenewal, renew } from "./renewal.ts";

export const exchanges = [
  addChallenge,
  addFirstToken,
  addLink,
  addToken,
  adopt,
  answerUnreadable,
  authenticate,
  checkOut,
  chunkMade,
  createPlan,
  dropRenewal,
  dropToken,
  enqueueRaw,
  fetchDeclaration,
  followLink,
  getBootstrapToken,
  issue,
  jobDue,
  makeJob,
  noteRefusals,
  noteRejected,
  noteReleases,
  otherCheckin,
  planSettled,
  poll,
  postponeRenewal,
  pushSent,
  remember,
  rememberFirst,
  renew,
  reportStatus,
  revokeLink,
  setBootstrapToken,
  setZone,
  stopPlan,
  syncItems,
  syncTokens,
  takeAskedSecrets,
  tend,
  tokenUpdate,
];
