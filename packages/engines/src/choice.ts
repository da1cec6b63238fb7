import { fail, ok, type Result } from '@image-tooling/model';
import type { Engine } from './port';

export interface EngineOptions {
  /** `IMAGE_ENGINE`: `dagger`, `buildah` or `auto` (the default). */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the store: engines keep their caches below it. */
  readonly storeRoot: string;
  readonly signal?: AbortSignal;
}

export interface ChosenEngine extends Engine {
  /** One line for the user: which engine, and why. */
  readonly description: string;
}

const CHOICES = ['auto', 'buildah', 'dagger'];

/** Opens the engine that the environment asks for. Fails with `no-engine`, `usage` or `aborted`. */
export async function openEngine(options: EngineOptions): Promise<Result<ChosenEngine>> {
  const wanted = options.env['IMAGE_ENGINE'] || 'auto';
  if (!CHOICES.includes(wanted))
    return fail({
      code: 'usage',
      message: `IMAGE_ENGINE is "${wanted}"; it can be ${CHOICES.join(', ')}.`,
      hint: 'Unset it: auto takes what the machine has.',
    });
  if (wanted === 'dagger')
    return fail({
      code: 'no-engine',
      message: 'IMAGE_ENGINE asks for dagger, which comes with a later version.',
      hint: 'Unset IMAGE_ENGINE, or set it to buildah.',
    });
  if (options.signal?.aborted)
    return fail({ code: 'aborted', message: 'Stopped before an engine was opened.' });
  const { openBuildah } = await import('./buildah/open');
  const opened = await openBuildah(options);
  if (!opened.ok) return opened;
  return ok({ ...opened.value, description: describe(opened.value.version, wanted) });
}

function describe(version: string, wanted: string): string {
  const why = wanted === 'auto' ? 'it is on this machine' : 'IMAGE_ENGINE asks for it';
  const who = process.getuid?.() === 0 ? 'as root' : 'as an ordinary user';
  return `engine: buildah ${version}, ${who} (${why})`;
}
