import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Notice } from "#contract/security/sessions";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";

/** That was me: put away. That was not me: what still goes on ends, and the password is changed next. */
export function useAnswers() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const settle = { onError: notifyError, onSettled: () => invalidate(client, "notices.list", "session.list") };
  const wasMe = useMutation({ mutationFn: (id: number) => call("notices.dismiss", { id }), ...settle });
  const allMe = useMutation({ mutationFn: () => call("notices.dismiss", { all: true }), ...settle });
  const notMe = useMutation({
    mutationFn: async ({ id, sessionId }: Notice) => {
      if (sessionId !== null) await call("session.revoke", { id: sessionId });
      await call("notices.dismiss", { id });
    },
    onSuccess: async (_, { sessionId }) => {
      notifyDone(sessionId === null ? strings.notices.change : strings.notices.endedAndChange);
      await navigate({ to: "/account/security", hash: "password" });
    },
    ...settle,
  });
  return { wasMe, allMe, notMe, isBusy: wasMe.isPending || allMe.isPending || notMe.isPending };
}
