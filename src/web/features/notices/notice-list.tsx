import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatMoment } from "#web/ui/index.ts";
import classes from "./notices.module.css";
import { isAlarming, sentenceOf } from "./sentence.ts";
import { useAnswers } from "./use-answers.ts";

const t = strings.notices;

/** Everything that happened to the account and was not answered; nothing when there is nothing. */
export function NoticeList() {
  const { data } = useQuery(query("notices.list", {}));
  const { wasMe, allMe, notMe, isBusy } = useAnswers();
  const notices = data?.notices ?? [];
  if (notices.length === 0) return null;
  return (
    <section className={classes.list} aria-label={t.title}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t.title}</h2>
        {notices.length > 1 && (
          <Button size="compact-sm" variant="subtle" color="gray" disabled={isBusy} onClick={() => allMe.mutate()}>
            {t.dismissAll}
          </Button>
        )}
      </div>
      <ul className={classes.items}>
        {notices.map((notice) => (
          <li key={notice.id} className={classes.item}>
            <p className={classes.text}>
              {sentenceOf(notice)}
              <br />
              <span className={classes.where}>{t.where(formatMoment(notice.atMs), notice.address)}</span>
            </p>
            <div className={classes.answers}>
              <Button size="compact-sm" variant="default" disabled={isBusy} onClick={() => wasMe.mutate(notice.id)}>
                {t.wasMe}
              </Button>
              {isAlarming(notice.kind) && (
                <Button
                  size="compact-sm"
                  color="red"
                  variant="light"
                  disabled={isBusy}
                  onClick={() => notMe.mutate(notice)}
                >
                  {t.notMe}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
