import { PasswordInput, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import classes from "./proof.module.css";

const t = strings.proof.quality;
const typedMs = 300;
const steps = [1, 2, 3, 4] as const;
type Quality = Output<"password.check">;

/** A new password with what it is worth, judged by the server while one types. */
export function NewPasswordField(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly error?: string | undefined;
  /** Words somebody would guess first. */
  readonly name?: string;
  readonly displayName?: string;
  onChange(value: string): void;
}) {
  const { value, name = "", displayName = "" } = props;
  const [password] = useDebouncedValue(value, typedMs);
  const given = { password, name, displayName };
  const quality = useQuery({
    queryKey: ["password.check", given],
    queryFn: ({ signal }) => call("password.check", given, { signal }),
    enabled: password !== "",
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
  return (
    <div>
      <PasswordInput
        label={props.label}
        description={props.hint}
        autoComplete="new-password"
        value={value}
        error={props.error}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      <Meter quality={value === "" ? undefined : quality.data} />
    </div>
  );
}

function Meter({ quality }: { readonly quality: Quality | undefined }) {
  const word = quality ? t.scores[quality.score] : "";
  const advice = quality && !quality.good ? [quality.warning, ...quality.suggestions].filter(Boolean).join(" ") : "";
  return (
    <div className={classes.quality} data-good={quality?.good || undefined}>
      <div className={classes.meter} aria-hidden="true">
        {steps.map((step) => (
          <i key={step} data-on={(quality && quality.score >= step) || undefined} />
        ))}
      </div>
      <Text size="xs" c="dimmed" role="status" aria-label={t.label}>
        {[word && `${word}.`, advice].filter(Boolean).join(" ")}
      </Text>
    </div>
  );
}
