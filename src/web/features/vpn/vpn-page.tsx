import { Button, Skeleton } from "@mantine/core";
import { IconDeviceMobilePlus, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { vpn } from "#web/strings/vpn.ts";
import { EmptyState, ErrorState } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import { DeviceCard } from "./device-card.tsx";
import { DeviceDialog, type DeviceTask } from "./device-dialog.tsx";
import { Findings, ServerFiles } from "./findings.tsx";
import { VpnState } from "./vpn-state.tsx";
import classes from "./vpn.module.css";
import { ZoneSection } from "./zone-section.tsx";

const t = vpn.devices;
const refreshMs = 10_000;

/** `/security/vpn`: whether it runs, what is missing, every device, and the zones. */
export function VpnPage() {
  const { can } = useSession();
  const manages = can("security.manage");
  const [task, setTask] = useState<DeviceTask | null>(null);
  const status = useQuery({ ...query("vpn.status", {}), refetchInterval: refreshMs });
  const list = useQuery({ ...query("vpnPeer.list", {}), refetchInterval: refreshMs });
  const zones = useQuery(query("vpnZone.list", {}));
  const error = status.error ?? list.error ?? zones.error;
  if (error) {
    const retry = () => void Promise.all([status.refetch(), list.refetch(), zones.refetch()]);
    return <ErrorState error={error} onRetry={retry} />;
  }
  if (!status.data || !list.data || !zones.data) return <Skeleton height={320} mt="lg" />;
  const { peers } = list.data;
  const isPossible = manages && status.data.enabled && status.data.endpoint !== null;
  return (
    <div className={classes.page}>
      <VpnState status={status.data} manages={manages} />
      <Findings status={status.data} />
      {manages && status.data.enabled && status.data.state === "files-only" && <ServerFiles />}
      {(peers.length > 0 || status.data.enabled) && (
        <SettingsSection
          title={t.title}
          action={
            isPossible && (
              <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setTask({ kind: "add" })}>
                {t.add}
              </Button>
            )
          }
        >
          {peers.length === 0 && <EmptyState icon={IconDeviceMobilePlus} title={t.none} hint={t.noneHint} />}
          <ul className={classes.cards}>
            {peers.map((peer) => (
              <DeviceCard
                key={peer.id}
                peer={peer}
                zones={zones.data.zones}
                hasOwner
                isChangeable={manages}
                onTask={setTask}
              />
            ))}
          </ul>
        </SettingsSection>
      )}
      <ZoneSection zones={zones.data.zones} manages={manages} />
      {task && <DeviceDialog task={task} forOthers onClose={() => setTask(null)} />}
    </div>
  );
}
