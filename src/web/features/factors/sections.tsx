import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { ErrorState } from "#web/ui/index.ts";
import { PasskeySection } from "./passkey-section.tsx";
import { ProtectionLine } from "./protection-line.tsx";
import { RecoverySection } from "./recovery-section.tsx";
import { TotpSection } from "./totp-section.tsx";

const status = query("factors.status", {});

/** What protects one's account, in one sentence. */
export function Protection() {
  const { data, isPending } = useQuery(status);
  if (isPending) return <Skeleton height={64} />;
  return data ? <ProtectionLine status={data} /> : null;
}

/** Each second factor. */
export function FactorSections() {
  const { data, error, refetch } = useQuery(status);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={320} mt="lg" />;
  return (
    <>
      <PasskeySection status={data} />
      <TotpSection status={data} />
      <RecoverySection status={data} />
    </>
  );
}
