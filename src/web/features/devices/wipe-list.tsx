import { Badge, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconDeviceMobileX } from "@tabler/icons-react";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatMoment } from "#web/ui/index.ts";
import { SettingsList, SettingsRow } from "#web/ui/settings.tsx";
import classes from "./devices.module.css";

const t = strings.account.apps.wipe;

/** Devices that were told to delete their files, and whether they have said that it is done. Nothing while there are none. */
export function WipeList() {
  const list = useQuery(query("sync.wipes", {}));
  if (list.error) return <ErrorLine error={list.error} />;
  if (!list.data?.wipes.length) return null;
  return (
    <div className={classes.wipes}>
      <Text size="sm" fw={550} component="h3">
        {t.list}
      </Text>
      <SettingsList>
        {list.data.wipes.map(({ appPasswordId, label, askedAtMs, doneAtMs }) => (
          <SettingsRow
            key={`${appPasswordId} ${askedAtMs}`}
            icon={IconDeviceMobileX}
            name={label}
            mark={
              <Badge variant={doneAtMs === null ? "outline" : "light"} color="gray" tt="none" fw={550}>
                {doneAtMs === null ? t.waiting : t.done}
              </Badge>
            }
            facts={[t.askedAt(formatMoment(askedAtMs)), doneAtMs === null ? "" : t.doneAt(formatMoment(doneAtMs))]}
          />
        ))}
      </SettingsList>
    </div>
  );
}
