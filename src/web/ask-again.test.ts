import { expect, test } from "bun:test";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { askAgain } from "./ask-again.ts";

/** A query that somebody looks at, whose answers the test gives itself. */
function watchQuery(client: QueryClient, name: string) {
  const asked: ((answer: string) => void)[] = [];
  const queryFn = () => new Promise<string>((answer) => void asked.push(answer));
  const stop = new QueryObserver(client, { queryKey: [name], queryFn, staleTime: 30_000 }).subscribe(() => undefined);
  const settle = async (answer: string) => {
    asked.at(-1)?.(answer);
    for (let turn = 0; turn < 5; turn += 1) await Bun.sleep(0);
  };
  return { asked, settle, stop, known: () => client.getQueryData<string>([name]) };
}

test("an answer that was on its way when something changed is asked for again, and only what fits", async () => {
  const client = new QueryClient();
  const [films, songs] = [watchQuery(client, "films"), watchQuery(client, "songs")];
  askAgain(client, ({ queryKey: [name] }) => name === "films");
  await films.settle("from before");
  await songs.settle("songs");
  expect([films.asked.length, songs.asked.length]).toEqual([2, 1]);
  await films.settle("from after");
  expect([films.known(), songs.known()]).toEqual(["from after", "songs"]);

  askAgain(client, ({ queryKey: [name] }) => name === "films");
  expect(films.asked).toHaveLength(3);
  await films.settle("later still");
  expect([films.asked.length, films.known()]).toEqual([3, "later still"]);
  films.stop();
  songs.stop();
  client.clear();
});
