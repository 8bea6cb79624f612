import { Group, NativeSelect, TextInput } from "@mantine/core";
import { strings } from "#web/strings.ts";
import { expiries, localDate, type ExpiryForm } from "./expiry.ts";

const t = strings.common.expiry;

/** For how long: a usual span, or a last day. */
export function ExpiryField(props: {
  readonly label: string;
  readonly value: ExpiryForm;
  readonly isOver: boolean;
  onChange(value: ExpiryForm): void;
}) {
  const { value } = props;
  return (
    <Group grow align="flex-start">
      <NativeSelect
        label={props.label}
        value={value.expiry}
        onChange={(event) => {
          const expiry = expiries.find((known) => known === event.currentTarget.value);
          if (expiry) props.onChange({ ...value, expiry });
        }}
        data={expiries.map((each) => ({ value: each, label: t[each] }))}
      />
      {value.expiry === "date" && (
        <TextInput
          type="date"
          label={t.dateLabel}
          min={localDate(Date.now())}
          value={value.date}
          onChange={(event) => props.onChange({ ...value, date: event.currentTarget.value })}
          error={props.isOver && t.past}
        />
      )}
    </Group>
  );
}
