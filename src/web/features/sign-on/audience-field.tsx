import { MultiSelect, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { signOn } from "#web/strings/signOn.ts";
import type { Application } from "./application-section.tsx";

const t = signOn.form;
type Audience = Application["audience"];

/** Everybody, or chosen groups and people. */
export function AudienceField(props: {
  readonly audience: Audience;
  readonly error: string | undefined;
  onChange(audience: Audience): void;
}) {
  const { audience, onChange } = props;
  const people = useQuery(query("people.list", {}));
  const shared = { searchable: true, comboboxProps: { withinPortal: false } } as const;
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t.audience}
        value={audience.everyone ? "everyone" : "some"}
        onChange={(value) => onChange({ ...audience, everyone: value === "everyone" })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="everyone" label={t.everyone} />
          <Radio value="some" label={t.some} />
        </Stack>
      </Radio.Group>
      {!audience.everyone && (
        <>
          <MultiSelect
            {...shared}
            label={t.groups}
            value={audience.groupIds.map(String)}
            data={(people.data?.groups ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
            onChange={(ids) => onChange({ ...audience, groupIds: ids.map(Number) })}
          />
          <MultiSelect
            {...shared}
            label={t.people}
            value={audience.personIds.map(String)}
            data={(people.data?.people ?? []).map(({ id, displayName }) => ({ value: String(id), label: displayName }))}
            onChange={(ids) => onChange({ ...audience, personIds: ids.map(Number) })}
          />
          {props.error && (
            <Text size="xs" c="var(--hearth-now)" role="alert">
              {props.error}
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}
