/** All transactions by name: the module a store's worker thread loads. */
import { addAccount, dropAccount, editAccount, endSessions, newPassword } from "./access/account-record.ts";
import { closeSession, openSession, useSession } from "./access/session-record.ts";
import { signInByProvider } from "./access/oidc-record.ts";
import { offerSetup, resetAccount, setUp } from "./access/setup-record.ts";
import { classify, sweepTurn } from "./compliance/classify.ts";
import { keepSilentDays } from "./compliance/silent-days.ts";
import { makeClassDue } from "./enrollment/class-due.ts";
import { adopt } from "./check-in/adoption.ts";
import { maintain } from "./work/maintenance.ts";
import { blockJob, blockLooked, blockTurn, createBlock, endBlock } from "./catalog/block.ts";
import { acceptSmaller, claimFetch, failFetch, takeFetched } from "./catalog/note-fetch.ts";
import { noteList } from "./catalog/note-list.ts";
import { noteFeed, noteSecurity } from "./catalog/note-security.ts";
import { noteLooked } from "./catalog/withdrawn.ts";
import { authenticate } from "./check-in/authenticate.ts";
import { getBootstrapToken, setBootstrapToken } from "./check-in/bootstrap-token.ts";
import { checkOut } from "./check-in/check-out.ts";
import { otherCheckin } from "./check-in/other.ts";
import { tokenUpdate } from "./check-in/token-update.ts";
import { addChallenge, checkChallenge, issue, nameCertificates } from "./identity/issue.ts";
import { fetchDeclaration, syncItems, syncTokens } from "./declarations/sync.ts";
import { addLink, followLink, revokeLink } from "./identity/link.ts";
import { makeJob } from "./plans/make-job.ts";
import { addDryRun, addDryRunPage, endDryRun, forgetDryRuns } from "./plans/dry-run-record.ts";
import { addDecisions, dropDecisions, noteRefused } from "./plans/plan-devices.ts";
import { endExclusion, excludeDevice, exclusionDue } from "./plans/exclusion.ts";
import { blackoutJob, blackoutLooked, blackoutTurn, createBlackout, removeBlackout } from "./plans/blackout.ts";
import { setHalt } from "./plans/halt.ts";
import { createPlan, jobDue, pausePlan, planTurn, resumePlan, stopPlan } from "./plans/plan.ts";
import {
  assignPolicy,
  createPolicy,
  policyChunkMade,
  policyTurn,
  removePolicy,
  takePolicyAway,
} from "./policies/policy.ts";
import { poll } from "./commands/poll.ts";
import { pushesSent } from "./push/push-sent.ts";
import { pushTargets } from "./push/push-targets.ts";
import { enqueueRaw, withdrawRaw } from "./commands/raw.ts";
import { forgetRefusals, noteRefusals } from "./server/note-refusals.ts";
import { removeDevice } from "./check-in/remove.ts";
import { endKeyed, takeKey } from "./server/keyed-record.ts";
import { noteStrangers, recordAudit } from "./server/audit-log.ts";
import {
  addFirstToken,
  addToken,
  dropToken,
  noteMoment,
  remember,
  rememberFirst,
  resetToken,
  setZone,
} from "./server/settings.ts";
import { addTest, deliveryDone, makeDeliveries, retryDelivery, webhookRests } from "./events/delivery.ts";
import { noteWarnings } from "./events/warning-events.ts";
import { createWebhook, editWebhook, removeWebhook, rotateSecret } from "./events/webhook.ts";
import { beginRollout } from "./standing/begin-rollout.ts";
import { noteUrgent } from "./standing/note-urgent.ts";
import { createStanding } from "./standing/plan.ts";
import { askedAgain, gateDecides, gateTurn } from "./rollouts/gate.ts";
import { tryAgain } from "./standing/try-again.ts";
import { editPlan, orderPlans } from "./standing/edit.ts";
import { reportStatus } from "./declarations/status.ts";
import { answerUnreadable } from "./commands/unreadable.ts";
import { decideRollout, decideRun } from "./rollouts/verbs.ts";
import { removeGroup, setGroup } from "./scopes/groups.ts";
import { tagDevices } from "./scopes/tags.ts";
import { setZoneRules } from "./scopes/zone-rules.ts";
import { dropRenewal, postponeRenewal, renew } from "./identity/renewal.ts";

export const transactions = [
  addTest,
  createWebhook,
  deliveryDone,
  editWebhook,
  makeDeliveries,
  noteWarnings,
  removeWebhook,
  retryDelivery,
  rotateSecret,
  webhookRests,
  acceptSmaller,
  addAccount,
  closeSession,
  dropAccount,
  editAccount,
  endSessions,
  newPassword,
  offerSetup,
  openSession,
  resetAccount,
  setUp,
  signInByProvider,
  useSession,
  addChallenge,
  addDecisions,
  addDryRun,
  addDryRunPage,
  addFirstToken,
  addLink,
  addToken,
  adopt,
  answerUnreadable,
  assignPolicy,
  askedAgain,
  authenticate,
  gateDecides,
  gateTurn,
  beginRollout,
  createStanding,
  noteUrgent,
  blackoutJob,
  blackoutLooked,
  blackoutTurn,
  blockJob,
  blockLooked,
  blockTurn,
  checkChallenge,
  checkOut,
  claimFetch,
  createBlackout,
  createBlock,
  classify,
  keepSilentDays,
  makeClassDue,
  sweepTurn,
  createPlan,
  editPlan,
  tryAgain,
  orderPlans,
  createPolicy,
  decideRollout,
  decideRun,
  dropDecisions,
  dropRenewal,
  dropToken,
  endBlock,
  endExclusion,
  excludeDevice,
  exclusionDue,
  endDryRun,
  endKeyed,
  enqueueRaw,
  failFetch,
  fetchDeclaration,
  followLink,
  forgetDryRuns,
  forgetRefusals,
  getBootstrapToken,
  issue,
  jobDue,
  makeJob,
  nameCertificates,
  noteFeed,
  noteList,
  noteLooked,
  noteMoment,
  noteRefusals,
  noteRefused,
  noteSecurity,
  noteStrangers,
  otherCheckin,
  pausePlan,
  planTurn,
  policyChunkMade,
  policyTurn,
  poll,
  postponeRenewal,
  pushesSent,
  pushTargets,
  recordAudit,
  remember,
  rememberFirst,
  removeBlackout,
  removeDevice,
  removeGroup,
  removePolicy,
  renew,
  reportStatus,
  resetToken,
  revokeLink,
  setBootstrapToken,
  setGroup,
  setZone,
  resumePlan,
  setHalt,
  setZoneRules,
  stopPlan,
  syncItems,
  syncTokens,
  tagDevices,
  takeFetched,
  takeKey,
  takePolicyAway,
  maintain,
  tokenUpdate,
  withdrawRaw,
];
