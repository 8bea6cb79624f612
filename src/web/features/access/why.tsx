import { Button, Popover, Skeleton, Text } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import type { ResourceAction } from "#wire";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";
import classes from "./access.module.css";

const t = strings.access;
const questions = Object.keys(t.questions) as readonly ResourceAction[];

interface Subject {
  readonly userId: number;
  readonly name: string;
  readonly nodeId: number;
}

/** A button that tells what one person may do with a file or folder, and which rule says so. */
export function Why(props: Subject) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} width={320} position="bottom-end" trapFocus withinPortal shadow="md">
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          aria-label={t.whyOf(props.name)}
          onClick={() => setOpened(!opened)}
        >
          {t.why}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t.whyOf(props.name)}>{opened && <Answers {...props} />}</Popover.Dropdown>
    </Popover>
  );
}

function Answers({ userId, name, nodeId }: Subject) {
  const answers = useQueries({
    queries: questions.map((action) =>
      query("access.explain", { userId, action, resource: { kind: "node", id: nodeId } }),
    ),
  });
  return (
    // Escape here closes the answer, and not the dialog around it.
    <div className={classes.answers} tabIndex={-1} data-autofocus data-mantine-stop-propagation="true">
      <Text size="sm" fw={550}>
        {t.whyOf(name)}
      </Text>
      <dl>
        {questions.map((action, at) => {
          const answer = answers[at];
          const allowed = answer?.data?.allowed ?? false;
          const Shape = allowed ? IconCheck : IconX;
          return (
            <div key={action} className={classes.answer}>
              <dt>{t.questions[action]}</dt>
              <dd>
                {answer?.data && (
                  <>
                    <span className={classes.verdict} data-allowed={allowed || undefined}>
                      <Shape size={14} aria-hidden="true" /> {allowed ? t.yes : t.no}
                    </span>
                    <span>{answer.data.reason}</span>
                  </>
                )}
                {answer?.isPending && <Skeleton height={32} animate={false} />}
                {answer?.error && <ErrorLine error={answer.error} />}
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
