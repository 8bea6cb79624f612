import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { call, type Input, type Output } from "#web/client.ts";
import {
  canUsePasskeys,
  letBrowserOfferPasskeys,
  showPasskey,
  withdrawPasskeyOffer,
} from "#web/features/proof/index.ts";

type LoginStep = Output<"session.passkeyLogin">;
type Picked = Input<"session.passkeyLogin">;

/** What the server hands out for a login ends after five minutes; an offer of the browser may stand for hours. */
const renewOfferMs = 240_000;

/** What the person picked among the passkeys that the browser offers at the name field; null when it offers none. */
async function pickedPasskey(): Promise<Picked | null> {
  let ticket = "";
  const response = await letBrowserOfferPasskeys(async () => {
    const given = await call("session.passkeyOptions", {});
    ticket = given.ticket;
    return given.options;
  });
  return response && { ticket, response };
}

/** Login by passkey without a name: by the button, and by picking one that the browser offers at the name field. */
export function usePasskeyLogin(onStep: (step: LoginStep) => Promise<void>) {
  const [round, setRound] = useState(0);
  const offerAgain = (): void => setRound((n) => n + 1);
  const button = useMutation({
    mutationFn: async (): Promise<LoginStep> => {
      const { ticket, options } = await call("session.passkeyOptions", {});
      return call("session.passkeyLogin", { ticket, response: await showPasskey(options) });
    },
    onSuccess: onStep,
    onError: offerAgain,
  });
  const offered = useMutation({
    mutationFn: (picked: Picked): Promise<LoginStep> => call("session.passkeyLogin", picked),
    onSuccess: onStep,
    onError: offerAgain,
  });
  const onPicked = useEffectEvent((picked: Picked | null) => {
    if (picked) offered.mutate(picked);
  });
  useEffect(() => {
    if (!canUsePasskeys()) return;
    let ended = false;
    // A server that has no passkeys under this address refuses: then nothing is offered.
    pickedPasskey().then(
      (picked) => !ended && onPicked(picked),
      () => undefined,
    );
    const timer = setTimeout(offerAgain, renewOfferMs);
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [round]);
  useEffect(() => () => void withdrawPasskeyOffer(), []);
  return {
    button,
    error: button.error ?? offered.error,
    reset: (): void => {
      button.reset();
      offered.reset();
    },
  };
}
