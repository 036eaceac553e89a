/** All exchanges by name: the module a store's worker thread loads. */
import { adopt } from "./adoption.ts";
import { tend } from "./care.ts";
import { noteList } from "./catalog.ts";
import { authenticate, checkOut, getBootstrapToken, otherCheckin, setBootstrapToken, tokenUpdate } from "./check-in.ts";
import { addChallenge, checkChallenge, issue, nameCertificates } from "./identity.ts";
import { fetchDeclaration, syncItems, syncTokens } from "./declarative.ts";
import { addLink, followLink, revokeLink } from "./link.ts";
import { addChunk, chunkMade, createPlan, dropChunks, jobDue, makeJob, planSettled, stopPlan } from "./plan.ts";
import { assignPolicy, createPolicy, policyChunkMade, removePolicy, takePolicyAway } from "./policy.ts";
import { poll } from "./poll.ts";
import { pushSent } from "./push-sent.ts";
import { enqueueRaw, withdrawRaw } from "./raw.ts";
import { forgetRefusals, noteRefusals } from "./refusals.ts";
import { removeDevice } from "./remove.ts";
import { noteStrangers, recordAudit } from "./audit.ts";
import {
  addFirstToken,
  addToken,
  dropToken,
  noteMoment,
  remember,
  rememberFirst,
  resetToken,
  setZone,
} from "./server.ts";
import { reportStatus } from "./status.ts";
import { answerUnreadable } from "./unreadable.ts";
import { dropRenewal, postponeRenewal, renew } from "./renewal.ts";

export const exchanges = [
  addChallenge,
  addChunk,
  addFirstToken,
  addLink,
  addToken,
  adopt,
  answerUnreadable,
  assignPolicy,
  authenticate,
  checkChallenge,
  checkOut,
  chunkMade,
  createPlan,
  createPolicy,
  dropChunks,
  dropRenewal,
  dropToken,
  enqueueRaw,
  fetchDeclaration,
  followLink,
  forgetRefusals,
  getBootstrapToken,
  issue,
  jobDue,
  makeJob,
  nameCertificates,
  noteList,
  noteMoment,
  noteRefusals,
  noteStrangers,
  otherCheckin,
  planSettled,
  policyChunkMade,
  poll,
  postponeRenewal,
  pushSent,
  recordAudit,
  remember,
  rememberFirst,
  removeDevice,
  removePolicy,
  renew,
  reportStatus,
  resetToken,
  revokeLink,
  setBootstrapToken,
  setZone,
  stopPlan,
  syncItems,
  syncTokens,
  takePolicyAway,
  tend,
  tokenUpdate,
  withdrawRaw,
];
