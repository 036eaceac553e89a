/** The door of `http/body`: how both servers read bodies within a budget. */
export {
  type BodyBudget,
  type BudgetLimits,
  createBodyBudget,
  FREE_BYTES,
  FREE_LEASE,
  type Lease,
  type Sender,
} from "./budget.ts";
export { GrowingBody } from "./growing.ts";
