import { expect, test } from "bun:test";
import { createPace, joinNews, type News } from "./push-pace.ts";

test("news are joined without repetition, and too many are none by name", () => {
  const many = new Set(Array.from({ length: 150 }, (_, id) => id));
  expect(joinNews(undefined, new Set([1]))).toEqual(new Set([1]));
  expect(joinNews(many, many)).toEqual(many);
  expect(joinNews(many, new Set(Array.from({ length: 150 }, (_, id) => 1_000 + id)))).toBe("much");
  expect(joinNews("much", new Set([1]))).toBe("much");
  expect(joinNews(new Set([1]), "much")).toBe("much");
});

test("the first is sent at once, the next together after a pause, and nothing is lost", async () => {
  const sent: News[] = [];
  const pace = createPace((news) => void sent.push(news));
  for (let id = 1; id <= 5; id += 1) pace.add(new Set([id]));
  expect(sent).toEqual([new Set([1])]);
  const endMs = Date.now() + 5_000;
  while (sent.length < 2 && Date.now() < endMs) await Bun.sleep(20);
  expect(sent).toEqual([new Set([1]), new Set([2, 3, 4, 5])]);
  pace.stop();
});
