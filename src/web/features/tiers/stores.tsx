import { Button, Text } from "@mantine/core";
import { IconArchive } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Tier } from "#contract/apps/files/tiers";
import { call, invalidate } from "#web/client.ts";
import { tiers as t } from "#web/strings/tiers.ts";
import { EmptyState, formatBytes, notifyDone, notifyError, Section, Status } from "#web/ui/index.ts";
import classes from "./tiers.module.css";

/** What there is beside the main disks, and how much is in it. */
export function Stores(props: { readonly tiers: readonly Tier[]; readonly canManage: boolean }) {
  const client = useQueryClient();
  const bringBack = useMutation({
    mutationFn: () => call("tiers.bringBack", {}),
    onSuccess: ({ files, sizeBytes }) => notifyDone(t.bringingBack(files, formatBytes(sizeBytes))),
    onError: notifyError,
    onSettled: () => invalidate(client, "tiers.runs", "tiers.list"),
  });
  if (props.tiers.length === 0) return <EmptyState icon={IconArchive} title={t.none} hint={t.noneHint} />;
  const holds = props.tiers.some(({ role, files }) => role === "cold" && files > 0);
  const action = props.canManage && holds && (
    <Button variant="default" size="compact-sm" loading={bringBack.isPending} onClick={() => bringBack.mutate()}>
      {t.bringBack}
    </Button>
  );
  return (
    <Section title={t.stores} action={action}>
      <ul className={classes.list}>
        {props.tiers.map((tier) => (
          <Store key={tier.name} tier={tier} />
        ))}
      </ul>
    </Section>
  );
}

function Store({ tier }: { readonly tier: Tier }) {
  const kind = tier.kind === "s3" ? t.kinds.s3 : t.kinds[tier.role];
  const facts = [
    ...(tier.configured ? [kind, tier.place] : []),
    t.held(tier.files, formatBytes(tier.sizeBytes)),
    ...(tier.freeBytes === null ? [] : [t.free(formatBytes(tier.freeBytes))]),
  ];
  return (
    <li className={classes.item}>
      <div className={classes.text}>
        <Text fw={550}>{tier.name}</Text>
        <Text size="xs" c="dimmed" className="tabular">
          {facts.join(" · ")}
        </Text>
      </div>
      <Status level={tier.online ? "good" : "now"}>{tier.online ? t.online : (tier.reason ?? "")}</Status>
    </li>
  );
}
