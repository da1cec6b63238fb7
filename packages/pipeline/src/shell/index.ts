import { fail, ok, type Result } from '@image-tooling/model';
import { recordedImage, type Use } from '../build/recorded';
import type { Session } from '../session';
import { runInContainer } from './container';
import { runOnEngine } from './embedded';
import { shellPlace } from './place';
import { WORK_FOLDER, type ShellRequest } from './request';

export type { ShellRequest } from './request';

const SHELL: Use = { verb: 'open a shell in', notForTools: 'a shell is opened in an image that has it' };

/**
 * Runs a command or an interactive shell in a built image, as its user and with its environment, in the
 * current folder, and returns the exit code. Changes in the image are discarded. Builds again what the store
 * lacks. Fails with `usage` without a terminal and a command, as building the image does, and as running it
 * does.
 */
export async function openShell(session: Session, request: ShellRequest): Promise<Result<number>> {
  const checked = checkRequest(request);
  if (!checked.ok) return checked;
  const recorded = await recordedImage(session, request.name, request.platform, SHELL);
  if (!recorded.ok) return recorded;
  const { image, made } = recorded.value;
  const shell = { ...request, image, assembled: made.image, config: made.inheritance.config };
  const place = await shellPlace(session.env, session.context.signal);
  session.context.progress.note(`${request.name} in ${place}; ${request.folder} is ${WORK_FOLDER}`);
  return place === 'buildah' ? runOnEngine(session, shell) : runInContainer(session, place, shell);
}

function checkRequest({ name, command, terminal, folder }: ShellRequest): Result<void> {
  if (command.length === 0 && !terminal)
    return fail({
      code: 'usage',
      message: 'There is no terminal here for an interactive shell.',
      hint: `Give a command: image-tooling shell ${name} -- <command>, or run it in a terminal.`,
    });
  if (!/[:,\\\n]/.test(folder)) return ok(undefined);
  return fail({
    code: 'usage',
    message: `The folder ${JSON.stringify(folder)} can't be mounted: its path contains :  , \\ or line breaks.`,
    hint: 'Run it in a folder with another name.',
  });
}
