import { fail, ok, type Failed } from '@image-tooling/model';
import { loadImage, parseCompression, parseLoadTarget } from '@image-tooling/pipeline';
import { projectOnPlatform } from '../command/arguments';
import { loadedLines } from '../display/summary';
import { said, type Command } from '../command/command';

export const load: Command = {
  flags: ['platform', 'to', 'compression'],
  output: ({ flags }) => flags.to?.replace(/^(oci|docker)-archive:/, ''),
  async run({ given, session, cwd, stdout }) {
    const asked = projectOnPlatform(given);
    if (!asked.ok) return asked;
    const { name, platform } = asked.value;
    const { to, compression } = given.flags;
    if (to === undefined) return noTarget(name);
    const target = parseLoadTarget(to, cwd);
    if (!target.ok) return target;
    const wanted = compression === undefined ? ok(undefined) : parseCompression(compression);
    if (!wanted.ok) return wanted;
    const opened = await session();
    if (!opened.ok) return opened;
    const request = { name, platform, target: target.value, compression: wanted.value, stdout };
    const loaded = await loadImage(opened.value, request);
    return loaded.ok ? said(loadedLines(loaded.value, target.value)) : loaded;
  },
};

function noTarget(name: string): Failed {
  return fail({
    code: 'usage',
    message: 'No target given for the image.',
    hint: `Write: npx nx run ${name}:load --to=docker (or podman, oci:<folder>, oci-archive:<file>)`,
  });
}
