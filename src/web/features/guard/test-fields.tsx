import { Autocomplete, Checkbox, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { guard } from "#web/strings/guard.ts";
import { Fold } from "#web/ui/fold.tsx";
import type { Choices } from "./condition-field.tsx";
import classes from "./guard.module.css";
import type { TestForm } from "./test-request.ts";

const t = guard.tester;
const methods = ["GET", "POST", "PUT", "DELETE", "PROPFIND", "MKCOL", "MOVE", "COPY"];
const origins = ["outside", "household", "vpn", "address"] as const;
const strengths = ["none", "one-factor", "two-factor"] as const;
const vias = ["session", "app-password", "password"] as const;
const days = ["", "mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
/** Doors that people ask about, one for each app. */
const knownPaths = ["/", "/api/session.login", "/api/people.list", "/dav/home/", "/s/a-link", "/metrics", "/healthz"];

interface Props {
  readonly form: TestForm;
  onChange(part: Partial<TestForm>): void;
}

const pick = <T extends string>(known: readonly T[], value: string, fallback: T): T =>
  known.find((one) => one === value) ?? fallback;

export function TestFields(props: Props & { readonly people: Choices["people"] }) {
  const { form, onChange } = props;
  return (
    <>
      <NativeSelect
        label={t.method}
        value={form.method}
        data={methods}
        onChange={(event) => onChange({ method: event.currentTarget.value })}
      />
      <Autocomplete
        label={t.path}
        required
        withAsterisk={false}
        className={classes.path}
        spellCheck={false}
        data={knownPaths}
        comboboxProps={{ withinPortal: false }}
        value={form.path}
        onChange={(path) => onChange({ path })}
      />
      <NativeSelect
        label={t.from}
        value={form.from}
        data={origins.map((value) => ({ value, label: value === "address" ? t.anAddress : guard.zones[value] }))}
        onChange={(event) => onChange({ from: pick(origins, event.currentTarget.value, "outside") })}
      />
      {form.from === "address" && (
        <TextInput
          label={t.address}
          required
          withAsterisk={false}
          placeholder="203.0.113.7"
          value={form.address}
          onChange={(event) => onChange({ address: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label={t.who}
        value={form.user}
        data={[{ value: "", label: t.nobody }, ...props.people]}
        onChange={(event) => onChange({ user: event.currentTarget.value })}
      />
      {form.user !== "" && (
        <>
          <NativeSelect
            label={t.via}
            value={form.via}
            data={vias.map((value) => ({ value, label: guard.vias[value] }))}
            onChange={(event) => {
              const via = pick(vias, event.currentTarget.value, "session");
              onChange({ via, strength: via === "app-password" ? "none" : "one-factor" });
            }}
          />
          <NativeSelect
            label={t.strength}
            value={form.strength}
            data={strengths.map((value) => ({ value, label: guard.strengths[value] }))}
            onChange={(event) => onChange({ strength: pick(strengths, event.currentTarget.value, "one-factor") })}
          />
        </>
      )}
      <MoreFields form={form} onChange={onChange} />
    </>
  );
}

function MoreFields({ form, onChange }: Props) {
  return (
    <div className={classes.more}>
      <Fold label={t.more}>
        <div className={classes.moreFields}>
          <NativeSelect
            label={t.day}
            value={form.day}
            data={days.map((value) => ({ value, label: value === "" ? t.now : guard.dayNames[value] }))}
            onChange={(event) => onChange({ day: pick(days, event.currentTarget.value, "") })}
          />
          <TextInput
            type="time"
            label={t.time}
            disabled={form.day === ""}
            value={form.time}
            onChange={(event) => onChange({ time: event.currentTarget.value || "12:00" })}
          />
          <NumberInput
            label={t.bodyMiB}
            min={0}
            value={form.bodyMiB}
            onChange={(value) => onChange({ bodyMiB: Number(value) || 0 })}
          />
          <TextInput
            label={t.contentType}
            placeholder="image/jpeg"
            value={form.contentType}
            onChange={(event) => onChange({ contentType: event.currentTarget.value })}
          />
          <Checkbox
            label={t.certificate}
            checked={form.certificate}
            onChange={(event) => onChange({ certificate: event.currentTarget.checked })}
          />
        </div>
      </Fold>
    </div>
  );
}
