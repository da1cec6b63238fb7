/** One side of a comparison. */
export interface Contestant {
  readonly name: string;
  readonly run: () => Promise<void> | void;
  /** Not measured; before each run. */
  readonly prepare?: () => Promise<void> | void;
}

/** The seconds of each run of each side, by its name. */
export type Timings = ReadonlyMap<string, readonly number[]>;

/** Runs the sides in turns (A B A B …), so that whatever else the machine does slows all of them. */
export async function inTurns(rounds: number, contestants: readonly Contestant[]): Promise<Timings> {
  const timings = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const contestant of contestants) timings.get(contestant.name)!.push(await seconds(contestant));
  return timings;
}

async function seconds({ prepare, run }: Contestant): Promise<number> {
  await prepare?.();
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
