import { ActionIcon, Button, Group, Menu, Skeleton, Text } from "@mantine/core";
import { IconDots, IconDownload, IconHistory, IconPlus, IconShield, IconUpload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { call, query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { guard as t } from "#web/strings/guard.ts";
import { EmptyState, ErrorState, formatMoment, notifyError } from "#web/ui/index.ts";
import { saveText } from "#web/ui/save-text.ts";
import { GuardNotices } from "./guard-notices.tsx";
import classes from "./guard.module.css";
import { HistoryDrawer } from "./history-drawer.tsx";
import { ImportDrawer } from "./import-drawer.tsx";
import { Refusal } from "./refusal.tsx";
import { RuleDrawer } from "./rule-drawer.tsx";
import { RuleList } from "./rule-list.tsx";
import { TestSection } from "./test-section.tsx";
import { useChoices } from "./use-choices.ts";
import { type Rules, useRules } from "./use-rules.ts";

const route = getRouteApi("/app/security/rules");

/** `/security/rules`: the rules in their order, what each did, and a box to try a request. */
export function RulesPage() {
  const { can } = useSession();
  const manages = can("security.manage");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const rules = useRules();
  const counters = useQuery(query("guard.counters", {}));
  const { data, error, isPending, refetch } = rules.rules;
  const choices = useChoices(data?.document);
  const close = (): void => void navigate({ search: {} });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (isPending || !data) return <Skeleton height={320} mt="lg" />;
  const { document } = data;
  const opened =
    search.rule === undefined || search.rule === "new" ? null : document.rules.find(({ id }) => id === search.rule);
  return (
    <div className={classes.page}>
      <GuardNotices />
      <div className={classes.head}>
        <div className={classes.headText}>
          <Text size="sm" c="dimmed">
            {t.lead}
          </Text>
        </div>
        {manages && (
          <Group gap="xs">
            <Button
              leftSection={<IconPlus size={16} aria-hidden="true" />}
              onClick={() => void navigate({ search: { rule: "new" } })}
            >
              {t.add}
            </Button>
          </Group>
        )}
        <RulesMenu manages={manages} onOpen={(view) => void navigate({ search: { view } })} />
      </div>
      <Refusal error={rules.refusal} onClose={rules.forgetRefusal} />
      {document.rules.length === 0 ? (
        <EmptyState icon={IconShield} title={t.none} hint={t.noneHint} />
      ) : (
        <RuleList
          document={document}
          counters={counters.data}
          rules={rules}
          manages={manages}
          onEdit={(rule) => void navigate({ search: { rule } })}
        />
      )}
      <Foot rules={rules} sinceMs={counters.data?.sinceMs} />
      <TestSection rules={rules} document={document} choices={choices} manages={manages} />
      {manages && search.rule !== undefined && opened !== undefined && (
        <RuleDrawer
          key={search.rule}
          rule={opened}
          rules={rules}
          document={document}
          choices={choices}
          onClose={close}
        />
      )}
      {search.view === "history" && <HistoryDrawer rules={rules} manages={manages} onClose={close} />}
      {search.view === "import" && manages && <ImportDrawer rules={rules} onClose={close} />}
    </div>
  );
}

function Foot({ rules, sinceMs }: { readonly rules: Rules; readonly sinceMs: number | undefined }) {
  const { data } = rules.rules;
  if (!data) return null;
  const when = data.changedAtMs === null ? null : formatMoment(data.changedAtMs);
  return (
    <Text size="xs" c="dimmed" className="tabular">
      {t.version(data.version, data.changedBy, when)} {sinceMs !== undefined && t.countedSince(formatMoment(sinceMs))}
    </Text>
  );
}

function RulesMenu(props: { readonly manages: boolean; onOpen(view: "history" | "import"): void }) {
  const save = useMutation({
    mutationFn: (format: "yaml" | "json") => call("guard.export", { format }),
    onSuccess: ({ fileName, text }) => saveText(fileName, text),
    onError: notifyError,
  });
  const icon = { size: 16, stroke: 1.5, "aria-hidden": true } as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={36} variant="default" aria-label={t.more}>
          <IconDots size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconHistory {...icon} />} onClick={() => props.onOpen("history")}>
          {t.history}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload {...icon} />} onClick={() => save.mutate("yaml")}>
          {t.exportYaml}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload {...icon} />} onClick={() => save.mutate("json")}>
          {t.exportJson}
        </Menu.Item>
        {props.manages && (
          <Menu.Item leftSection={<IconUpload {...icon} />} onClick={() => props.onOpen("import")}>
            {t.import}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
