import { join } from 'node:path';
import { findProgram, run } from '@image-tooling/host';
import { visible, type Image } from '@image-tooling/model';
import { rootfsLosses } from '@image-tooling/oci';
import type { Session } from '../session';

/**
 * Warns about properties of rootfs/ files that are not in their layer: git keeps no setuid bits, hard links
 * or capabilities, so a layer with them would differ from clone to clone. The warning says what to write
 * instead.
 */
export async function noteRootfsLosses(
  { root, context, env }: Pick<Session, 'root' | 'context' | 'env'>,
  { name, folder, definition }: Pick<Image, 'name' | 'folder' | 'definition'>,
): Promise<void> {
  const { files, modes, directories } = definition;
  if (files === undefined) return;
  const rootfs = join(root, folder, files);
  const losses = await rootfsLosses(rootfs);
  if (!losses.ok) return;
  const declared = new Set([...Object.keys(modes), ...directories.map(({ path }) => path)]);
  const lines = [
    ...losses.value.special
      .filter(({ path }) => !declared.has(`/${path}`))
      .map(({ path, mode }) => specialText(path, mode)),
    ...losses.value.linked.map(linkedText),
    ...(await capabilities(rootfs, env, context.signal)).map(capabilityText),
  ];
  for (const line of lines) context.progress.note(`${name}: ${join(folder, files)}: ${visible(line)}`);
}

function specialText(path: string, mode: number): string {
  const bits = mode.toString(8).padStart(4, '0');
  return `"${path}" has mode ${bits} here; git keeps no setuid, setgid or sticky bit, so the image has none. Write "modes": { "/${path}": "${bits}" } in image.json.`;
}

function linkedText([first = '', ...others]: readonly string[]): string {
  const names = others.map((name) => `"${name}"`).join(', ');
  return `"${first}" and ${names} are one file here (hard links); git keeps copies, and so does the image. Use symbolic links to have it once.`;
}

function capabilityText({ path, what }: Capability): string {
  return `"${path}" has capabilities here (${what}); git keeps none, so the image has none. Take the program from a Debian package that sets them, or give them to the container.`;
}

interface Capability {
  readonly path: string;
  readonly what: string;
}

/** Uses getcap(8), which is in the package of setcap(8); empty if it is not installed. */
async function capabilities(
  folder: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Capability[]> {
  const found = { ...env, PATH: `${env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  if ((await findProgram('getcap', found)) === undefined) return [];
  const listed = await run({ argv: ['getcap', '-r', folder], env: found, signal });
  if (!listed.ok) return [];
  return listed.value.stdout.split('\n').flatMap((line) => {
    const [, path, what] = /^(.*?) (?:= )?(\S*[=+]\S*)$/.exec(line) ?? [];
    return path?.startsWith(`${folder}/`) && what !== undefined
      ? [{ path: path.slice(folder.length + 1), what }]
      : [];
  });
}
