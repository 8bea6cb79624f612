import { Button, Text } from "@mantine/core";
import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatWhen } from "#web/ui/index.ts";
import classes from "./shared-with-me.module.css";
import { useDecline } from "./use-decline.ts";

const t = strings.shared;

/** What one has taken out of one's own files and could take back; nothing while there is none. */
export function DeclinedPart({ items }: { readonly items: Output<"mounts.declined">["items"] }) {
  const { accept } = useDecline();
  if (items.length === 0) return null;
  return (
    <section className={classes.declined} aria-labelledby="declined">
      <h2 id="declined" className={classes.declinedTitle}>
        {t.declinedTitle}
      </h2>
      <Text size="sm" c="dimmed">
        {t.declinedLead}
      </Text>
      <ul className={classes.declinedList}>
        {items.map(({ nodeId, name, sharedBy, declinedAtMs }) => (
          <li key={nodeId} className={classes.declinedRow}>
            <div className={classes.nameText}>
              <Text size="sm" truncate title={name}>
                {name}
              </Text>
              <Text size="xs" c="dimmed">
                {t.declinedOn(sharedBy || t.unknown, formatWhen(declinedAtMs, Date.now()))}
              </Text>
            </div>
            <Button
              variant="default"
              aria-label={t.acceptNamed(name)}
              disabled={accept.isPending}
              onClick={() => accept.mutate({ nodeId, name })}
            >
              {t.accept}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
