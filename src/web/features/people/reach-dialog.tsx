import { Modal, Skeleton, Stack, Text } from "@mantine/core";
import { IconFolder, IconFolders, IconLock, IconRoute, type Icon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Person } from "#contract/security/identity";
import type { ResourceAction } from "#wire";
import { query, type Output } from "#web/client.ts";
import { rightsInWords } from "#web/features/access/index.ts";
import { strings } from "#web/strings.ts";
import { ErrorState, useAfter } from "#web/ui/index.ts";
import { SettingsList, SettingsRow } from "#web/ui/settings.tsx";
import classes from "./people.module.css";

const t = strings.people.reach;

/** What somebody can get at, and the rule that lets them. */
export function ReachDialog({ person, onClose }: { readonly person: Person; onClose(): void }) {
  const { data, error, isPending } = useQuery(query("access.reach", { userId: person.id }));
  const late = useAfter(isPending);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.title(person.displayName)}
      size={560}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {error && <ErrorState error={error} />}
      {isPending && <Stack mih={160}>{late && [0, 1, 2].map((at) => <Skeleton key={at} height={40} />)}</Stack>}
      {data && <Reach reach={data} person={person} />}
    </Modal>
  );
}

function Reach({ reach, person }: { readonly reach: Output<"access.reach">; readonly person: Person }) {
  const rows = {
    spaces: reach.spaces.map((space) => ({
      ...space,
      key: String(space.spaceId),
      icon: IconFolders,
      name: space.name === person.name ? t.home(person.displayName) : space.name,
    })),
    nodes: reach.nodes.map((node) => ({
      ...node,
      key: String(node.nodeId),
      icon: node.actions.length > 0 ? IconFolder : IconLock,
      name: node.path ?? t.hidden,
    })),
    others: reach.others.map(({ resource, ...right }) => ({
      key: `${resource.kind} ${resource.id}`,
      icon: IconRoute,
      name: `${t.kinds[resource.kind]} ${resource.id}`,
      ...right,
    })),
  };
  return (
    <Stack gap="lg">
      <Part title={t.spaces} none={t.noSpaces} rows={rows.spaces} />
      <Part title={t.nodes} none={t.noNodes} rows={rows.nodes} />
      {rows.others.length > 0 && <Part title={t.others} none="" rows={rows.others} />}
    </Stack>
  );
}

interface Row {
  readonly key: string;
  readonly icon: Icon;
  readonly name: string;
  readonly actions: readonly ResourceAction[];
  readonly reason: string;
}

function Part(props: { readonly title: string; readonly none: string; readonly rows: readonly Row[] }) {
  return (
    <section aria-label={props.title}>
      <h3 className={classes.partTitle}>{props.title}</h3>
      {props.rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {props.none}
        </Text>
      )}
      <SettingsList>
        {props.rows.map((row) => (
          <SettingsRow
            key={row.key}
            icon={row.icon}
            name={row.name}
            title={row.name}
            facts={[
              row.actions.length === 0 ? strings.access.roles.none.label : rightsInWords(row.actions),
              row.reason,
            ]}
          />
        ))}
      </SettingsList>
    </section>
  );
}
