import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { ErrorState } from "#web/ui/index.ts";
import { GroupsPanel } from "./groups-panel.tsx";
import classes from "./people.module.css";
import { PeoplePanel } from "./people-panel.tsx";
import { SpacesPanel } from "./spaces-panel.tsx";

const t = strings.people;

/** Accounts, groups and shared spaces, for whoever looks after them. */
export function PeoplePage() {
  const { can } = useSession();
  const { data, error, refetch, isPending } = useQuery(query("people.list", {}));
  const manages = can("people.manage");
  return (
    <>
      <FrameTitle title={t.title} />
      <div className={classes.page}>
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!error && (
          <Tabs defaultValue="people" keepMounted={false}>
            <Tabs.List className={classes.tabs}>
              <Tabs.Tab value="people">{t.tabs.people}</Tabs.Tab>
              <Tabs.Tab value="groups">{t.tabs.groups}</Tabs.Tab>
              <Tabs.Tab value="spaces">{t.tabs.spaces}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="people">
              <PeoplePanel people={data?.people ?? []} loading={isPending} manages={manages} />
            </Tabs.Panel>
            <Tabs.Panel value="groups">
              <GroupsPanel people={data?.people ?? []} groups={data?.groups ?? []} manages={manages} />
            </Tabs.Panel>
            <Tabs.Panel value="spaces">
              <SpacesPanel people={data?.people ?? []} manages={manages} />
            </Tabs.Panel>
          </Tabs>
        )}
      </div>
    </>
  );
}
