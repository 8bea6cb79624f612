import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { SecondFactor } from "#contract/security/sessions";
import { call, ProblemError, type Output } from "#web/client.ts";
import { canUsePasskeys, CodeField, ProofError, showPasskey, useWait, WayChoice } from "#web/features/proof/index.ts";
import { strings } from "#web/strings.ts";

type LoginStep = Output<"session.login">;
export type SecondFactorStep = Extract<LoginStep, { step: "second-factor" }>;
type Offer = SecondFactorStep["offers"][number];

/** The most comfortable first; a recovery code only when nothing else is left. */
const order: readonly Offer[] = ["passkey", "totp", "certificate", "recovery-code"];

/** What this browser can show of what the account offers. */
function usable(step: SecondFactorStep): readonly Offer[] {
  return order.filter((way) => step.offers.includes(way) && (way !== "passkey" || (step.passkey && canUsePasskeys())));
}

/** The second factor, with every other way one click away. */
export function SecondStep(props: {
  readonly step: SecondFactorStep;
  readonly onStep: (step: LoginStep) => Promise<void>;
  readonly onBack: (tooLate: boolean) => void;
}) {
  const t = strings.login.second;
  const { ticket, passkey } = props.step;
  const ways = usable(props.step);
  const [way, setWay] = useState<Offer>(ways.find((offer) => offer !== "certificate") ?? "recovery-code");
  const [code, setCode] = useState("");
  const show = useMutation({
    mutationFn: async (proof: "passkey" | SecondFactor): Promise<LoginStep> => {
      if (proof !== "passkey") return call("session.secondFactor", proof);
      if (!passkey) throw new Error("no passkey is asked for");
      return call("session.secondFactor", { method: "passkey", ticket, response: await showPasskey(passkey) });
    },
    onSuccess: props.onStep,
    onError: (error) => {
      setCode("");
      if (error instanceof ProblemError && error.code === "gone") props.onBack(true);
    },
  });
  const wait = useWait(show.error);
  const wrong = show.error instanceof ProblemError && show.error.code === "unauthenticated";
  const choose = (next: Offer): void => {
    setWay(next);
    setCode("");
    show.reset();
  };
  return (
    <Stack gap="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wait > 0) return;
          if (way === "passkey") show.mutate("passkey");
          else if (way === "certificate") show.mutate({ method: way, ticket });
          else show.mutate({ method: way, ticket, code });
        }}
      >
        <Stack gap="md">
          <Text size="sm" c="dimmed" ta="center">
            {t.hints[way]}
          </Text>
          <ProofFields
            way={way}
            code={code}
            wrong={wrong}
            busy={show.isPending}
            onCode={setCode}
            onComplete={(given) => wait === 0 && show.mutate({ method: "totp", ticket, code: given })}
          />
          {!(wrong && (way === "totp" || way === "recovery-code")) && (
            <ProofError error={show.error} waitSeconds={wait} />
          )}
          <Button
            type="submit"
            size="md"
            fullWidth
            loading={show.isPending}
            disabled={wait > 0}
            autoFocus={way === "passkey" || way === "certificate"}
            key={way}
          >
            {way === "passkey" ? strings.proof.usePasskey : strings.proof.confirm}
          </Button>
        </Stack>
      </form>
      <WayChoice ways={ways.filter((other) => other !== way)} onChoose={choose} />
      <Button variant="subtle" color="gray" size="sm" onClick={() => props.onBack(false)}>
        {t.back}
      </Button>
    </Stack>
  );
}

function ProofFields(props: {
  readonly way: Offer;
  readonly code: string;
  readonly wrong: boolean;
  readonly busy: boolean;
  onCode(code: string): void;
  onComplete(code: string): void;
}) {
  const t = strings.proof;
  if (props.way === "totp")
    return (
      <CodeField
        autoFocus
        value={props.code}
        disabled={props.busy}
        error={props.wrong ? t.codeWrong : undefined}
        onChange={props.onCode}
        onComplete={props.onComplete}
      />
    );
  if (props.way === "recovery-code")
    return (
      <TextInput
        label={t.recoveryCode}
        autoFocus
        required
        withAsterisk={false}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        value={props.code}
        error={props.wrong ? t.recoveryCodeWrong : undefined}
        onChange={(event) => props.onCode(event.currentTarget.value)}
      />
    );
  return null;
}
