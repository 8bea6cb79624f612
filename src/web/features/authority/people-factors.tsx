import { ActionIcon, Menu, Skeleton } from "@mantine/core";
import { IconDots, IconShieldOff, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query, type Output } from "#web/client.ts";
import { LostFactorsDialog } from "#web/features/factors/lost-factors-dialog.tsx";
import { secondFactors } from "#web/strings/authority.ts";
import { ErrorLine, Status, type StatusLevel } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./authority.module.css";

const t = secondFactors.people;
type Factors = Output<"factors.overview">["people"][number];
type Known = { readonly id: number; readonly name: string; readonly displayName: string };

const has = ({ totp, passkeys }: Factors): boolean => totp || passkeys > 0;

/** What somebody has as words, and how urgent it is. */
function describe(person: Factors): { readonly level: StatusLevel; readonly text: string } {
  if (!has(person)) return person.mustSetUp ? { level: "now", text: t.needed } : { level: "soon", text: t.none };
  const parts = [
    person.passkeys > 0 ? t.passkeys(person.passkeys) : "",
    person.totp ? t.totp : "",
    person.recoveryCodesLeft === null ? "" : t.codes(person.recoveryCodesLeft),
  ].filter(Boolean);
  return { level: person.recoveryCodesLeft === 0 ? "soon" : "good", text: parts.join(", ") };
}

/** Everybody with what they have, those without anything first. */
export function PeopleFactors() {
  const overview = useQuery(query("factors.overview", {}));
  const people = useQuery(query("people.list", {}));
  const [losing, setLosing] = useState<Known | null>(null);
  const rows = (overview.data?.people ?? [])
    .map((factors) => ({ factors, person: people.data?.people.find(({ id }) => id === factors.personId) }))
    .toSorted((a, b) => Number(has(a.factors)) - Number(has(b.factors)));
  return (
    <SettingsSection title={t.title}>
      <ErrorLine error={overview.error ?? people.error} />
      {(overview.isPending || people.isPending) && <Skeleton height={160} />}
      <ul className={classes.people}>
        {rows.map(({ factors, person }) => {
          if (!person) return null;
          const { level, text } = describe(factors);
          return (
            <li key={person.id}>
              <IconUser size={20} stroke={1.5} aria-hidden="true" />
              <span className={classes.personText}>
                <span>{person.displayName}</span>
                <Status level={level} sizePx={16}>
                  {text}
                </Status>
              </span>
              {has(factors) && <PersonMenu name={person.displayName} onReset={() => setLosing(person)} />}
            </li>
          );
        })}
      </ul>
      {losing && <LostFactorsDialog person={losing} onClose={() => setLosing(null)} />}
    </SettingsSection>
  );
}

function PersonMenu(props: { readonly name: string; onReset(): void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={36} aria-label={t.actionsOf(props.name)}>
          <IconDots size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          color="red"
          leftSection={<IconShieldOff size={16} stroke={1.5} aria-hidden="true" />}
          onClick={props.onReset}
        >
          {t.reset}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
