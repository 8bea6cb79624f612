import { Button } from "@mantine/core";
import { IconBellRinging } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatWhen } from "#web/ui/index.ts";
import classes from "./notices.module.css";
import { isAlarming, isOwnAct, sentenceOf } from "./sentence.ts";
import { useAnswers } from "./use-answers.ts";

const t = strings.notices;

/** The newest thing that happened to the account, above every page until it is answered; the rest is under Account → Security. */
export function NoticeBanner() {
  const { data } = useQuery(query("notices.list", {}));
  const path = useLocation({ select: (location) => location.pathname });
  const { wasMe, notMe, isBusy } = useAnswers();
  const isTold = data !== undefined && data.notices.length > 0;
  const sessions = useQuery({ ...query("session.list", {}), enabled: isTold });
  const own = sessions.data?.sessions.find(({ current }) => current);
  const notices = own
    ? (data?.notices ?? []).filter((notice) => notice.kind !== "ransomware-suspected" && !isOwnAct(notice, own))
    : [];
  const first = notices[0];
  if (!first || path === "/account/security") return null;
  const more = notices.length - 1;
  return (
    <aside className={classes.banner} aria-label={t.label}>
      <IconBellRinging size={20} stroke={1.5} aria-hidden="true" />
      <p className={classes.text}>
        {sentenceOf(first)}{" "}
        <span className={classes.where}>{t.where(formatWhen(first.atMs, Date.now()), first.address)}</span>{" "}
        {more > 0 && <Link to="/account/security">{t.more(more)}</Link>}
      </p>
      <div className={classes.answers}>
        <Button size="compact-sm" variant="default" disabled={isBusy} onClick={() => wasMe.mutate(first.id)}>
          {t.wasMe}
        </Button>
        {isAlarming(first.kind) && (
          <Button size="compact-sm" color="red" variant="light" disabled={isBusy} onClick={() => notMe.mutate(first)}>
            {t.notMe}
          </Button>
        )}
      </div>
    </aside>
  );
}
