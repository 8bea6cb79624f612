/** What is new for one client: files and folders by id, or so much that none is named. */
export type News = ReadonlySet<number> | "much";

const maxIds = 200;
/** The first news goes at once; while more keep coming, the pauses between messages grow. */
const firstPauseMs = 1_000;
const longestPauseMs = 8_000;

export function joinNews(a: News | undefined, b: News): News {
  if (a === "much" || b === "much") return "much";
  const all = a === undefined ? b : a.union(b);
  return all.size > maxIds ? "much" : all;
}

/** Sends news to one client, never faster than it can use them: somebody who unpacks an archive is told of every few seconds. */
export function createPace(send: (news: News) => void) {
  let waiting: News | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = firstPauseMs;
  const sendNow = (news: News) => {
    waiting = undefined;
    timer = setTimeout(goOn, pauseMs);
    send(news);
  };
  const goOn = () => {
    timer = undefined;
    const isBusy = waiting !== undefined;
    pauseMs = isBusy ? Math.min(pauseMs * 2, longestPauseMs) : firstPauseMs;
    if (waiting !== undefined) sendNow(waiting);
  };
  return {
    add: (news: News): void => {
      waiting = joinNews(waiting, news);
      if (timer === undefined) sendNow(waiting);
    },
    stop: (): void => clearTimeout(timer),
  };
}
