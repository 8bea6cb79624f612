import { MultiSelect, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { PlaceMember } from "#contract/apps/files/places";
import { query } from "#web/client.ts";
import { places as t } from "#web/strings/places.ts";

type Role = PlaceMember["role"];

const keyOf = ({ subject }: PlaceMember): string =>
  subject.kind === "everyone" ? "everyone" : `${subject.kind}:${subject.id}`;

function subjectOf(key: string): PlaceMember["subject"] {
  const [kind, id] = key.split(":");
  return kind === "user" || kind === "group" ? { kind, id: Number(id) } : { kind: "everyone" };
}

/** Who may use a place: two lists, and whoever is chosen in one leaves the other. */
export function MembersField(props: {
  readonly members: readonly PlaceMember[];
  onChange(members: PlaceMember[]): void;
}) {
  const { members, onChange } = props;
  const { data } = useQuery(query("people.list", {}));
  const choices = [
    { value: "everyone", label: t.form.everyone },
    ...(data?.groups ?? []).map(({ id, name }) => ({ value: `group:${id}`, label: name })),
    ...(data?.people ?? []).map(({ id, displayName }) => ({ value: `user:${id}`, label: displayName })),
  ];
  const set = (role: Role, keys: readonly string[]): void => {
    const others = members.filter((member) => member.role !== role && !keys.includes(keyOf(member)));
    onChange([...others, ...keys.map((key) => ({ subject: subjectOf(key), role }))]);
  };
  const field = (role: Role, label: string) => (
    <MultiSelect
      searchable
      comboboxProps={{ withinPortal: false }}
      label={label}
      data={choices}
      value={members.filter((member) => member.role === role).map(keyOf)}
      onChange={(keys) => set(role, keys)}
    />
  );
  return (
    <>
      {field("editor", t.form.editors)}
      {field("viewer", t.form.viewers)}
      {members.length === 0 && (
        <Text size="xs" c="dimmed">
          {t.form.nobody}
        </Text>
      )}
    </>
  );
}
