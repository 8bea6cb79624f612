import { Alert, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { strings } from "#web/strings.ts";
import { guard } from "#web/strings/guard.ts";
import { ErrorLine } from "#web/ui/index.ts";
import classes from "./guard.module.css";
import { RefusedChange } from "./use-rules.ts";

const t = guard.refused;

/** Why a change was not made: every reason with its kind, or what the server said. */
export function Refusal(props: { readonly error: unknown; readonly onClose?: () => void }) {
  const { error, onClose } = props;
  if (!error) return null;
  if (!(error instanceof RefusedChange)) return <ErrorLine error={error} />;
  const isMeanwhile = error.problems.length === 0 && error.cause.code === "conflict";
  return (
    <Alert
      color="red"
      role="alert"
      title={t.title}
      icon={<IconAlertTriangle size={18} stroke={1.75} aria-hidden="true" />}
      withCloseButton={onClose !== undefined}
      closeButtonLabel={strings.common.close}
      {...(onClose && { onClose })}
    >
      {error.problems.length === 0 && <Text>{isMeanwhile ? t.changedMeanwhile : error.cause.message}</Text>}
      <ul className={classes.problems}>
        {error.problems.map(({ kind, message }) => (
          <li key={message}>
            <strong>{t.kinds[kind]}:</strong> {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
