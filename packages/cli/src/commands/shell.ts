import { isatty } from 'node:tty';
import { ok } from '@image-tooling/model';
import { openShell } from '@image-tooling/pipeline';
import { projectOnPlatform } from '../arguments';
import type { Command } from './command';

/** A session in a built image: a shell, or the command behind `--`. */
export const shell: Command = {
  flags: ['platform'],
  reportsOn: 'stderr',
  async run({ given, session, cwd }) {
    const command = given.behind ?? [];
    const names = given.positional.slice(0, given.positional.length - command.length);
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
