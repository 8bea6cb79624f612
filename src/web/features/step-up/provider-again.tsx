import { Button, Stack, Text } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { IconExternalLink } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { call, query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";

const t = strings.proof.stepUp;

/** For whoever came from a provider: a login there, in another tab so that nothing here is lost, confirms as well. */
export function ProviderAgain({ onDone }: { onDone(): void }) {
  const providers = useQuery(query("loginProvider.options", {})).data?.providers ?? [];
  const check = useMutation({
    mutationFn: (_asked: "by focus" | "by button") => call("session.current", {}),
    onSuccess: ({ stepUpUntilMs }) => {
      if (stepUpUntilMs !== null) onDone();
    },
  });
  useWindowEvent("focus", () => check.mutate("by focus"));
  if (providers.length === 0) return null;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t.byProvider}
      </Text>
      {providers.map(({ id, name, loginPath }) => (
        <Button
          key={id}
          component="a"
          href={`${loginPath}?next=/account/devices`}
          target="_blank"
          variant="default"
          leftSection={<IconExternalLink size={16} stroke={1.5} aria-hidden="true" />}
        >
          {strings.login.provider(name)}
        </Button>
      ))}
      <Button variant="subtle" color="gray" loading={check.isPending} onClick={() => check.mutate("by button")}>
        {t.doneThere}
      </Button>
      <ErrorLine error={check.error} />
      {check.variables === "by button" && check.data?.stepUpUntilMs === null && (
        <Text size="sm" c="var(--hearth-soon)" role="status">
          {t.notYet}
        </Text>
      )}
    </Stack>
  );
}
