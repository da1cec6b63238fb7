import type { Result } from '@image-tooling/model';
import {
  npmName,
  takeFromArchive,
  type LockedNpm,
  type NpmRun,
  type TakenFiles,
} from '@image-tooling/sources';
import type { Session } from '../../session';

/** Returns the settings to run npm's client for a workspace. */
export function npmRun({ root, env, http, context }: Session): NpmRun {
  return { folder: root, env, timings: http.timings, context };
}

/** Extracts files of a package, by their paths in the package. Fails as `takeFromArchive` does. */
export function takeFromNpm(
  { context }: Session,
  npm: {
    readonly file: string;
    readonly locked: LockedNpm;
    readonly files: Readonly<Record<string, string>>;
    readonly into: string;
  },
): Promise<Result<TakenFiles>> {
  return takeFromArchive({
    name: npmName(npm.locked),
    archive: { file: npm.file },
    format: 'tar.gz',
    files: npm.files,
    into: npm.into,
    signal: context.signal,
    fromTopFolder: true,
    note: (line) => context.progress.note(line),
  });
}
