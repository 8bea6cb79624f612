import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Person } from "#contract/security/identity";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone } from "#web/ui/index.ts";
import { ConfirmName } from "#web/ui/confirm-name.tsx";

const t = strings.people.factors;

type Known = Pick<Person, "id" | "name" | "displayName">;

/** Takes all second factors off somebody who lost them. */
export function LostFactorsDialog({ person, onClose }: { readonly person: Known; onClose(): void }) {
  const client = useQueryClient();
  const reset = useMutation({
    mutationFn: () => call("personFactors.reset", { id: person.id }),
    onSuccess: async () => {
      notifyDone(t.resetDone(person.displayName));
      await invalidate(client, "factors.overview", "session.current");
      onClose();
    },
  });
  return (
    <ConfirmName
      title={t.resetTitle(person.displayName)}
      text={t.resetBody(person.displayName)}
      name={person.name}
      action={t.resetAction}
      isBusy={reset.isPending}
      error={reset.error}
      onConfirm={() => reset.mutate()}
      onClose={onClose}
    />
  );
}
