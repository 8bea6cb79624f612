import { Modal, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { StepUpForm } from "./form.tsx";
import { ProviderAgain } from "./provider-again.tsx";

const t = strings.proof.stepUp;
const aboveOtherDialogs = 400;

/** Confirm that it is you. */
export function StepUpDialog({ onClose }: { onClose(confirmed: boolean): void }) {
  const options = useQuery({
    ...query("session.stepUpOptions", {}),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Modal
      opened
      onClose={() => onClose(false)}
      title={t.title}
      size="sm"
      zIndex={aboveOtherDialogs}
      closeOnEscape={false}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t.hint}
        </Text>
        <ErrorLine error={options.error} />
        {options.isPending && <Skeleton height={96} />}
        {options.data && (
          <StepUpForm options={options.data} onRenew={() => options.refetch()} onDone={() => onClose(true)} />
        )}
        {options.data?.byProvider && <ProviderAgain onDone={() => onClose(true)} />}
      </Stack>
    </Modal>
  );
}
