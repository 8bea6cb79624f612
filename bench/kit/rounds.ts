/** One thing measured: `run` gives one sample. */
export interface Subject {
  readonly name: string;
  readonly run: (round: number) => Promise<number>;
}

/**
 * Measures all subjects `rounds` times, interleaved (A B C, C B A, A B C, …), so that drift of the machine meets all
 * of them alike; one unmeasured round comes first. Returns name → samples in round order.
 */
export async function interleave(subjects: readonly Subject[], rounds: number): Promise<Record<string, number[]>> {
  const samples: Record<string, number[]> = Object.fromEntries(subjects.map((subject) => [subject.name, []]));
  for (const subject of subjects) await subject.run(-1);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? subjects : [...subjects].reverse();
    for (const subject of order) samples[subject.name]?.push(await subject.run(round));
  }
  return samples;
}
