// A caller of the API in terms of the types of clients/typescript. Only compiled, never run.
import type { components, operations, paths } from "hpts-types";

type Schemas = components["schemas"];
type Answer<Operation extends keyof operations, Status extends keyof operations[Operation]["responses"]> =
  operations[Operation]["responses"][Status] extends { content: { "application/json": infer Body } } ? Body : never;

const payment: Schemas["PaymentRequest"] = {
  loan_id: "7d0f5a52-3c1b-4e7a-9a86-2f4d1c0b9e11",
  borrower_id: "0b9c4c3e-52a7-4a0e-8d1f-6e5a7b3c2d10",
  amount_minor: "88849",
  currency: "USD",
  effective_at: "2026-11-22",
  source_method: "ach",
};
const headers: paths["/payments"]["post"]["parameters"]["header"] = { "Idempotency-Key": "payment:loan_42:1" };

export function principalPaid(answer: Answer<"postPayment", 201>): bigint {
  return BigInt(answer.allocation.principal_minor);
}

export function mayBeSentAgain(problem: Schemas["Problem"]): boolean {
  switch (problem.code) {
    case "idempotency_in_progress":
    case "overloaded":
    case "unavailable":
    case "internal_error":
      return true;
    default:
      return false;
  }
}

export const sent = { ...payment, metadata: { channel: "autopay" } } satisfies Schemas["PaymentRequest"];
export const replayed: Answer<"postPayment", 200> extends Answer<"postPayment", 201> ? true : false = true;
export { headers };

// What the contract does not admit does not compile.
// @ts-expect-error amounts are strings
export const amount: Schemas["PaymentRequest"] = { ...payment, amount_minor: 88849 };
// @ts-expect-error this is no way to pay
export const method: Schemas["PaymentRequest"] = { ...payment, source_method: "barter" };
// @ts-expect-error the key is required
export const keyless: paths["/payments"]["post"]["parameters"]["header"] = {};
// @ts-expect-error there is no such code
export const code: Schemas["ProblemCode"] = "no_such_code";
// @ts-expect-error there is no such field
export const unknown = (balance: Answer<"getLoanBalance", 200>) => balance.balance_minor;
