import { useMutation } from "@tanstack/react-query";
import { call } from "#web/client.ts";
import { makePasskey } from "#web/features/proof/index.ts";

/** Makes a passkey of this name in the browser and hands it to the server. */
export function useNewPasskey() {
  return useMutation({
    mutationFn: async (name: string) => {
      const { ticket, options } = await call("passkey.registerOptions", {});
      return call("passkey.register", { ticket, response: await makePasskey(options), name });
    },
  });
}
