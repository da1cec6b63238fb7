import { fail, ok, type Result } from '@image-tooling/model/result';
import type { OptionValues } from '../command-line/arguments';

/** What a script does: run the command, print the engine's command line, or print what was chosen. */
export type Action = 'run' | 'print' | 'describe';

/** The first lines of a script: what is decided when it is written. All else is decided when it is called. */
export interface ScriptSettings {
  readonly action: Action;
  /** The command that an alias stands for. */
  readonly command?: string;
  /** Instead of any other. */
  readonly image?: string;
  /** If a call finds none. */
  readonly defaultImage?: string;
  /** The engine that answered; any other if it is gone. */
  readonly engine?: string;
  readonly network?: string;
  /** Seconds until an unused kept container ends. */
  readonly keepSeconds?: number;
  readonly without: readonly string[];
  readonly with: readonly string[];
  readonly env: readonly string[];
}

const DEFAULT_KEEP = '15m';
const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };

/** Returns the settings that options of the command line stand for. Fails with `usage`. */
export function settingsOf(options: OptionValues, action: Action): Result<ScriptSettings> {
  const keepSeconds = options.keep && secondsOf(options.keep.at(-1) || DEFAULT_KEEP);
  if (options.keep && keepSeconds === undefined)
    return fail({ code: 'usage', message: '--keep needs a time such as 90s, 15m or 2h.' });
  const image = options.image?.at(-1);
  const network = options.network?.at(-1);
  return ok({
    action: options.print ? 'print' : action,
    ...(image !== undefined && { image }),
    ...(network !== undefined && { network }),
    ...(keepSeconds !== undefined && { keepSeconds }),
    without: wordsOf(options.without),
    with: wordsOf(options.with),
    env: wordsOf(options.env),
  });
}

function secondsOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smh]?)$/.exec(text) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? 0);
  return seconds > 0 ? seconds : undefined;
}

function wordsOf(values: readonly string[] = []): string[] {
  return values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word !== '');
}
