import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { query, type Output } from "#web/client.ts";
import { TabbedPage } from "#web/frame/tabbed.tsx";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { ErrorState } from "#web/ui/index.ts";
import { GroupsSection } from "./groups-section.tsx";
import { PeopleSection } from "./people-section.tsx";
import { RolesSection } from "./roles-section.tsx";
import { SpacesSection } from "./spaces-section.tsx";

const t = strings.people;
const tabs = [
  { to: "/people", label: t.tabs.people },
  { to: "/people/groups", label: t.tabs.groups },
  { to: "/people/spaces", label: t.tabs.spaces },
] as const;
const importTab = { to: "/people/import", label: t.tabs.imports } as const;

/** Accounts, groups and shared spaces, each under its own address. */
export function PeopleLayout() {
  const { can } = useSession();
  return <TabbedPage title={t.title} label={t.title} tabs={can("people.manage") ? [...tabs, importTab] : tabs} />;
}

type Household = Output<"people.list">;

/** What all three pages stand on; the route has it in hand before the page is drawn. */
function WithPeople(props: { readonly children: (household: Household, manages: boolean) => ReactNode }) {
  const { can } = useSession();
  const { data, error, refetch } = useQuery(query("people.list", {}));
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return data && props.children(data, can("people.manage"));
}

/** `/people`: everybody with an account. */
export function PeoplePage() {
  return (
    <WithPeople>
      {({ people }, manages) => (
        <>
          <PeopleSection people={people} manages={manages} />
          <RolesSection />
        </>
      )}
    </WithPeople>
  );
}

/** `/people/groups` */
export function GroupsPage() {
  return (
    <WithPeople>
      {({ people, groups }, manages) => <GroupsSection people={people} groups={groups} manages={manages} />}
    </WithPeople>
  );
}

/** `/people/spaces` */
export function SpacesPage() {
  return <WithPeople>{({ people }, manages) => <SpacesSection people={people} manages={manages} />}</WithPeople>;
}
