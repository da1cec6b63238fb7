import { isatty } from 'node:tty';
import { ok, type Failed } from '@image-tooling/model';
import { openShell } from '@image-tooling/pipeline';
import { projectOnPlatform, usage } from '../command/arguments';
import type { Command } from '../command/command';

/** Runs a shell in a built image, or the command after `--`. */
export const shell: Command = {
  flags: ['platform'],
  reportsOn: 'stderr',
  async run({ given, session, cwd }) {
    const command = given.behind ?? [];
    const names = given.positional.slice(0, given.positional.length - command.length);
    if (names.length > 1 && given.behind === undefined) return commandUnmarked(names);
    const asked = projectOnPlatform({ ...given, positional: names });
    if (!asked.ok) return asked;
    const opened = await session();
    if (!opened.ok) return opened;
    const terminal = isatty(0) && isatty(1);
    const request = { ...asked.value, command, folder: cwd, terminal };
    const ended = await openShell(opened.value, request);
    return ended.ok ? ok({ lines: [], found: [], exitCode: ended.value }) : ended;
  },
};

function commandUnmarked([image = '', ...words]: readonly string[]): Failed {
  return usage(
    `"shell" takes the name of one image; got ${words.length + 1}.`,
    `Write a command after "--": image-tooling shell ${image} -- ${words.join(' ')}`,
  );
}
