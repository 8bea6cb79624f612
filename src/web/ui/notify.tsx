import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { ProblemError } from "#web/client.ts";
import { strings } from "#web/strings.ts";

const undoMs = 10_000;

/** Says that something was done; with `undo` it can be taken back for ten seconds. */
export function notifyDone(message: string, undo?: () => void): void {
  const id = `done-${message}-${performance.now()}`;
  notifications.show({
    id,
    autoClose: undo ? undoMs : 4000,
    withCloseButton: true,
    closeButtonProps: { "aria-label": strings.common.close },
    message: undo ? (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="subtle"
          flex="none"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {strings.common.undo}
        </Button>
      </Group>
    ) : (
      message
    ),
  });
}

/** Says that something failed, why, and the id that the log has. */
export function notifyError(error: unknown): void {
  notifyErrorAs(error instanceof ProblemError ? error.title : strings.common.error.title, error);
}

/** The same where the page knows better than the server what to call it. */
export function notifyErrorAs(title: string, error: unknown): void {
  const problem = error instanceof ProblemError ? error : null;
  const says = problem && problem.detail !== problem.title ? problem.detail : "";
  notifications.show({
    color: "red",
    autoClose: 8000,
    withCloseButton: true,
    closeButtonProps: { "aria-label": strings.common.close },
    title,
    message: [says || strings.common.error.safe, problem?.id].filter(Boolean).join(" · "),
  });
}
