import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { call, type Output } from "#web/client.ts";
import {
  canUsePasskeys,
  letBrowserOfferPasskeys,
  showPasskey,
  withdrawPasskeyOffer,
} from "#web/features/proof/index.ts";

type LoginStep = Output<"passkey.login">;

/** What the server hands out for a login ends after five minutes; an offer of the browser may stand for hours. */
const renewOfferMs = 240_000;

/** Login by passkey without a name: by the button, and by picking one that the browser offers at the name field. */
export function usePasskeyLogin(onStep: (step: LoginStep) => Promise<void>) {
  const [round, setRound] = useState(0);
  const button = useMutation({
    mutationFn: async (): Promise<LoginStep> => {
      const { ticket, options } = await call("passkey.loginOptions", {});
      return call("passkey.login", { ticket, response: await showPasskey(options) });
    },
    onSuccess: onStep,
    onError: () => setRound((n) => n + 1),
  });
  const offered = useMutation({
    mutationFn: (input: Parameters<typeof login>[0]) => login(input),
    onSuccess: onStep,
  });
  const onPicked = useEffectEvent(offered.mutate);
  useEffect(() => {
    if (!canUsePasskeys()) return;
    let ended = false;
    const offer = async (): Promise<void> => {
      let ticket = "";
      const response = await letBrowserOfferPasskeys(async () => {
        const given = await call("passkey.loginOptions", {});
        ticket = given.ticket;
        return given.options;
      });
      if (response && !ended) onPicked({ ticket, response });
    };
    offer().catch(() => undefined);
    const timer = setTimeout(() => setRound((n) => n + 1), renewOfferMs);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [round]);
  useEffect(() => () => void withdrawPasskeyOffer(), []);
  return { button, offered };
}

const login = (input: Parameters<typeof call<"passkey.login">>[1]): Promise<LoginStep> => call("passkey.login", input);
