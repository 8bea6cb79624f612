import type { RequestContext } from "#platform/http";
import type { Actor, Runner } from "#platform/usecase";
import type { Contract, OutputOf } from "#wire";

/** Runs an operation of the product on behalf of a request: checked and audited as if the page had called it. */
export type RunOperation = Runner["run"];

/** Operations of one contract, with their types. */
export function operationsOf<C extends Contract>(run: RunOperation, _contract: C) {
  return <N extends keyof C & string>(name: N, input: unknown, caller: OperationCaller): Promise<OutputOf<C, N>> => {
    const { request, context, actor } = caller;
    return run(name, input, {
      actor,
      requestId: context.requestId,
      address: context.address,
      certificate: context.certificate,
      userAgent: request.headers.get("user-agent") ?? "",
      host: request.headers.get("host") ?? undefined,
      secure: request.url.startsWith("https:"),
      replyHeaders: new Headers(),
      // The runner answers what the operation of that name answers.
    }) as Promise<OutputOf<C, N>>;
  };
}

export interface OperationCaller {
  readonly request: Request;
  readonly context: RequestContext;
  readonly actor: Actor;
}
