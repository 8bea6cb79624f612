import { Button, Group, Modal, NativeSelect, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconBan } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { guard } from "#web/strings/guard.ts";
import { ErrorLine, formatMoment, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";

const t = guard.attacks;
const hourMs = 3_600_000;
const spansMs = {
  hour: hourMs,
  day: 24 * hourMs,
  week: 168 * hourMs,
  month: 720 * hourMs,
  year: 8760 * hourMs,
} as const;
const spans = ["hour", "day", "week", "month", "year"] as const;
type Ban = Output<"guard.bans">["bans"][number];

/** Who is refused altogether, until when and why. */
export function BanSection(props: { readonly manages: boolean; titleOf(id: string): string }) {
  const client = useQueryClient();
  const list = useQuery(query("guard.bans", {}));
  const [isBanning, setBanning] = useState(false);
  const lift = useMutation({
    mutationFn: ({ network }: Ban) => call("guard.unban", { network }),
    onSuccess: (_, ban) => {
      // What is left of the ban comes back with the undo; a person may ban for a minute at least.
      const durationMs = Math.max(60_000, ban.untilMs - Date.now());
      const again = () => call("guard.ban", { network: ban.network, durationMs, why: ban.why });
      const undo = (): void =>
        void again()
          .catch(notifyError)
          .finally(() => void invalidate(client, "guard.bans"));
      notifyDone(t.unbanned(ban.network), undo);
    },
    onError: notifyError,
    onSettled: () => invalidate(client, "guard.bans", "firewall.status"),
  });
  const bans = list.data?.bans ?? [];
  return (
    <SettingsSection
      title={t.bans}
      hint={t.bansHint}
      action={
        props.manages && (
          <Button variant="default" onClick={() => setBanning(true)}>
            {t.ban}
          </Button>
        )
      }
    >
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={24} />}
      {list.data && bans.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.noBans}
        </Text>
      )}
      <SettingsList>
        {bans.map((ban) => (
          <SettingsRow
            key={ban.network}
            icon={IconBan}
            name={ban.network}
            facts={[
              ban.why,
              t.until(formatMoment(ban.untilMs)),
              ban.by === null ? (ban.ruleId === null ? "" : t.byRule(props.titleOf(ban.ruleId))) : t.byPerson(ban.by),
              t.strikes(ban.strikes),
              t.refused(ban.refused),
            ]}
            action={
              props.manages && (
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={lift.isPending}
                  aria-label={t.unbanOf(ban.network)}
                  onClick={() => lift.mutate(ban)}
                >
                  {t.unban}
                </Button>
              )
            }
          />
        ))}
      </SettingsList>
      {isBanning && <BanDialog onClose={() => setBanning(false)} />}
    </SettingsSection>
  );
}

function BanDialog({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const [form, setForm] = useState({ network: "", why: "", span: "day" as (typeof spans)[number] });
  const ban = useMutation({
    mutationFn: () =>
      call("guard.ban", { network: form.network.trim(), why: form.why.trim(), durationMs: spansMs[form.span] }),
    onSuccess: async ({ ban: made }) => {
      notifyDone(t.banned(made.network));
      await invalidate(client, "guard.bans", "firewall.status");
      onClose();
    },
  });
  const isReady = form.network.trim() !== "" && form.why.trim() !== "";
  const change = (part: Partial<typeof form>): void => {
    ban.reset();
    setForm((now) => ({ ...now, ...part }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) ban.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t.ban} closeButtonProps={{ "aria-label": strings.common.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t.network}
            description={t.networkHint}
            data-autofocus
            maxLength={49}
            value={form.network}
            onChange={(event) => change({ network: event.currentTarget.value })}
          />
          <TextInput
            label={t.why}
            maxLength={200}
            value={form.why}
            onChange={(event) => change({ why: event.currentTarget.value })}
          />
          <NativeSelect
            label={t.for}
            value={form.span}
            data={spans.map((value) => ({ value, label: t.spans[value] }))}
            onChange={(event) =>
              change({ span: spans.find((known) => known === event.currentTarget.value) ?? form.span })
            }
          />
          <ErrorLine error={ban.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" color="red" loading={ban.isPending} disabled={!isReady}>
              {t.ban}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
