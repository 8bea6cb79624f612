import { Checkbox, Skeleton, Stack, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { roles, type Role } from "#wire";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { secondFactors } from "#web/strings/authority.ts";
import { ErrorLine, ErrorState, notifyDone } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./authority.module.css";
import { PeopleFactors } from "./people-factors.tsx";

const t = secondFactors.roles;
type Policy = Output<"factorPolicy.get">["policy"];
/** A service is a program: it has app passwords, no second factor. */
const humanRoles = roles.filter((role) => role !== "service");

/** `/security/second-factors`: who needs a second factor, and who has which. */
export function SecondFactorsPage() {
  const { can } = useSession();
  const policy = useQuery(query("factorPolicy.get", {}));
  if (policy.error) return <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />;
  if (!policy.data) return <Skeleton height={320} mt="lg" />;
  return (
    <div className={classes.page}>
      <RoleSection policy={policy.data.policy} manages={can("security.manage")} />
      {can("people.manage") && <PeopleFactors />}
    </div>
  );
}

function RoleSection({ policy, manages }: { readonly policy: Policy; readonly manages: boolean }) {
  const client = useQueryClient();
  const { queryKey } = query("factorPolicy.get", {});
  const save = useMutation({
    scope: { id: "security.policy" },
    mutationFn: (next: Policy) => call("factorPolicy.set", next),
    onMutate: (next) => {
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, { policy: next });
      return before;
    },
    onSuccess: ({ mustSetUpIds }, _, before) => {
      const done = mustSetUpIds.length === 0 ? t.saved : t.led(mustSetUpIds.length);
      notifyDone(done, before && (() => save.mutate(before.policy)));
    },
    onError: (_error, _next, before) => client.setQueryData(queryKey, before),
    onSettled: () => invalidate(client, "factorPolicy.get", "factors.overview"),
  });
  const chosen = policy.rolesNeedingSecondFactor;
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      <Stack gap="md">
        <Checkbox.Group
          aria-label={t.title}
          value={chosen}
          onChange={(values) =>
            save.mutate({ ...policy, rolesNeedingSecondFactor: roles.filter((role) => values.includes(role)) })
          }
        >
          <Stack gap="sm">
            {humanRoles.map((role: Role) => (
              <Checkbox
                key={role}
                value={role}
                disabled={!manages}
                label={strings.people.roles[role].label}
                description={strings.people.roles[role].hint}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Switch
          label={t.provider}
          description={t.providerHint}
          disabled={!manages}
          checked={policy.providerCountsAsTwo}
          onChange={(event) => save.mutate({ ...policy, providerCountsAsTwo: event.currentTarget.checked })}
        />
        <ErrorLine error={save.error} />
      </Stack>
    </SettingsSection>
  );
}
