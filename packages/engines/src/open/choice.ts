import { fail, failWith, ok, type Progress, type Result } from '@image-tooling/model';
import type { FoundPlace, Nothing } from '../dagger/place';
import type { DaggerSession } from '../dagger/session';
import type { Engine } from '../port';

export interface EngineOptions {
  /** `IMAGE_ENGINE`: `dagger`, `buildah` or `auto` (the default); and the variables of a Dagger engine. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the store: engines keep their caches below it. */
  readonly storeRoot: string;
  readonly signal?: AbortSignal;
  /** Reports slow work. */
  readonly progress?: Progress;
}

export interface ChosenEngine extends Engine {
  /** One line for the user: which engine, and why. */
  readonly description: string;
}

const CHOICES = ['auto', 'buildah', 'dagger'] as const;

/** Returns the value of `IMAGE_ENGINE`; `auto` if it is unset. Fails with `usage`. */
export function engineChoice(env: EngineOptions['env']): Result<(typeof CHOICES)[number]> {
  const wanted = env['IMAGE_ENGINE'] || 'auto';
  const known = CHOICES.find((choice) => choice === wanted);
  if (known) return ok(known);
  return fail({
    code: 'usage',
    message: `IMAGE_ENGINE is "${wanted}"; it can be ${CHOICES.join(', ')}.`,
    hint: 'Unset it: auto uses any engine of the machine, also Docker and Podman.',
  });
}

/**
 * Opens the engine in the environment, or the first that the machine has: Dagger if the environment names
 * one, or if Docker or Podman can start one; else buildah. Fails if an engine in the environment can't be
 * used. Fails with `no-engine`, `usage`, `timeout`, `disk-full`, `io` or `aborted`.
 */
export async function openEngine(options: EngineOptions): Promise<Result<ChosenEngine>> {
  const choice = engineChoice(options.env);
  if (!choice.ok) return choice;
  const wanted = choice.value;
  if (options.signal?.aborted)
    return fail({ code: 'aborted', message: 'Stopped before an engine was opened.' });
  if (wanted === 'buildah') return openBuildah(options, 'IMAGE_ENGINE asks for it');
  const { findPlace } = await import('../dagger/place');
  const found = await findPlace(options.env, options.signal);
  if (!found.ok) return found;
  if (found.value.place) return openDagger(options, found.value);
  return wanted === 'auto' ? openInstead(options, found.value.passed) : noDagger(found.value.passed);
}

async function openDagger(
  options: EngineOptions,
  { place, passed }: FoundPlace,
): Promise<Result<ChosenEngine>> {
  if (!place) throw new Error('no place for an engine');
  const { joinSession } = await import('../dagger/session');
  const session = await joinSession(options, place);
  if (!session.ok) return session;
  const { daggerEngine } = await import('./dagger');
  const engine = daggerEngine(session.value, { storeRoot: options.storeRoot });
  return ok({
    name: engine.name,
    run: (step, context, onLine) => engine.run(step, context, onLine),
    description: describeDagger(session.value, passed),
    async close() {
      await engine.close();
      await session.value.close();
    },
  });
}

async function openInstead(
  options: EngineOptions,
  passed: readonly Nothing[],
): Promise<Result<ChosenEngine>> {
  const opened = await openBuildah(options, `no Dagger engine: ${inMachine(passed).join(', ')}`);
  if (opened.ok || opened.failures.some(({ code }) => code === 'aborted')) return opened;
  return failWith([...opened.failures, ...noDagger(passed).failures]);
}

async function openBuildah(options: EngineOptions, why: string): Promise<Result<ChosenEngine>> {
  const { openBuildah: open } = await import('../buildah/open');
  const opened = await open(options);
  if (!opened.ok) return opened;
  const who = process.getuid?.() === 0 ? 'as root' : 'as an ordinary user';
  return ok({ ...opened.value, description: `engine: buildah ${opened.value.version}, ${who} (${why})` });
}

function noDagger(passed: readonly Nothing[]): Extract<Result<never>, { ok: false }> {
  return fail({
    code: 'no-engine',
    message: 'There is no Dagger engine on this machine, and the environment names none.',
    hint: 'Start Docker or Podman, set _EXPERIMENTAL_DAGGER_RUNNER_HOST to an engine, or set IMAGE_ENGINE=buildah.',
    details: passed.map(({ cause, detail }) => (detail ? `${cause}: ${detail}` : cause)),
  });
}

function describeDagger({ engineVersion, origin }: DaggerSession, passed: readonly Nothing[]): string {
  const why = [origin, ...(origin === 'podman' ? inMachine(passed) : [])].join('; ');
  return `engine: dagger ${engineVersion.replace(/^v/, '')} (${why})`;
}

/** Returns the causes on the machine, without unset variables. */
function inMachine(passed: readonly Nothing[]): string[] {
  return passed.filter(({ optional }) => !optional).map(({ cause }) => cause);
}
