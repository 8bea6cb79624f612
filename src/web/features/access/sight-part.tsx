import { Text } from "@mantine/core";
import { strings } from "#web/strings.ts";
import type { Output } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import classes from "./access.module.css";
import { SubjectIcon } from "./subject-icon.tsx";
import { Why } from "./why.tsx";
import { rightsInWords } from "./words.ts";

const t = strings.access;

/** Everybody who can see a file or folder right now, and the rule that lets them, as a sentence. */
export function SightPart({ nodeId, panel }: { readonly nodeId: number; readonly panel: Output<"access.panel"> }) {
  const { person } = useSession();
  return (
    <section className={classes.part} aria-label={t.sight}>
      <h3 className={classes.title}>{t.sight}</h3>
      <ul className={classes.list}>
        {panel.people.map(({ userId, name, actions, reason }) => (
          <li key={userId} className={classes.row}>
            <SubjectIcon kind="user" name={name} />
            <div className={classes.text}>
              <Text size="sm">
                {name}
                <Text span size="xs" c="dimmed">
                  {userId === person?.id && ` (${t.you})`} · {rightsInWords(actions)}
                </Text>
              </Text>
              <Text size="xs" c="dimmed">
                {reason}
              </Text>
            </div>
            {(panel.canManage || userId === person?.id) && <Why userId={userId} name={name} nodeId={nodeId} />}
          </li>
        ))}
        {panel.links.map(({ linkId, actions, reason }) => (
          <li key={linkId} className={classes.row}>
            <SubjectIcon kind="link" name="" />
            <div className={classes.text}>
              <Text size="sm">
                {t.anyone}
                <Text span size="xs" c="dimmed">
                  {" "}
                  · {rightsInWords(actions)}
                </Text>
              </Text>
              <Text size="xs" c="dimmed">
                {reason}
              </Text>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
