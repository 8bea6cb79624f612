import { parentPort } from "node:worker_threads";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as english, translations } from "@zxcvbn-ts/language-en";
import type { QualityAnswer, QualityQuestion } from "./quality.ts";

/** The work grows with the length; what decides is at the beginning. */
const maxLength = 100;

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  translations,
  maxLength,
});

parentPort?.on("message", ({ id, password, words }: QualityQuestion) => {
  const { score, feedback } = zxcvbn.check(password, [...words]);
  const { warning, suggestions } = feedback;
  const answer: QualityAnswer = { id, score, warning: warning === "" ? null : warning, suggestions };
  parentPort?.postMessage(answer);
});
