import { Text } from "@mantine/core";
import { ProblemError } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/states.tsx";

/** Why a proof was refused; a wait counts down and vanishes when it is over. `waitSeconds` is of `useWait`. */
export function ProofError({ error, waitSeconds }: { readonly error: unknown; readonly waitSeconds: number }) {
  const isWait =
    error instanceof ProblemError && error.code === "too-many-requests" && error.retryAfterSeconds !== null;
  if (!isWait) return <ErrorLine error={error} />;
  if (waitSeconds === 0) return null;
  return (
    <Text size="sm" c="var(--hearth-soon)" role="timer" className="tabular">
      {strings.proof.wait(waitSeconds)}
    </Text>
  );
}
