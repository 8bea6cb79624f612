import { useMutation } from "@tanstack/react-query";
import { call } from "#web/client.ts";

/** The two steps of the set-up: a secret to show, then a code of the app. */
export function useTotpSetUp() {
  const begin = useMutation({ mutationFn: () => call("totp.begin", {}) });
  const confirm = useMutation({ mutationFn: (code: string) => call("totp.confirm", { code }) });
  return { begin, confirm };
}
export type TotpSetUp = ReturnType<typeof useTotpSetUp>;
