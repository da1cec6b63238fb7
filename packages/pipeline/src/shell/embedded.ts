import { runEmbedded } from '@image-tooling/engines';
import type { Result } from '@image-tooling/model';
import type { Session } from '../session';
import { homeOf } from '../test/home';
import { systemOf } from '../test/system';
import { argvOf, WORK_FOLDER, type ShellRun } from './request';

/** Runs a shell on the embedded engine, over the layers that it has unpacked for builds and tests. */
export function runOnEngine(session: Session, shell: ShellRun): Promise<Result<number>> {
  const { name, platform, image, config, assembled, folder, terminal } = shell;
  const { env, store, context } = session;
  const { TERM = 'xterm' } = env;
  return runEmbedded(
    {
      label: `${name}: shell`,
      platform,
      system: systemOf(store, assembled.layers),
      argv: argvOf(shell),
      env: { HOME: homeOf(image, config), ...(terminal && { TERM }), ...config.env },
      user: config.user ?? '0:0',
      workdir: WORK_FOLDER,
      folder: { source: folder, target: WORK_FOLDER },
      terminal,
    },
    { env, storeRoot: store.root },
    context,
  );
}
