import { aligned, bytesText, counted, shortHex } from '@image-tooling/model';
import { listStore, type ListedStore } from '@image-tooling/pipeline';
import { said, type Command } from '../../command/command';
import { wholeStoreRun } from './open';
import { ago } from './words';

/** Lists images and tools. */
export const ls: Command = {
  flags: ['json'],
  async run(run) {
    const opened = await wholeStoreRun(run, { readOnly: true });
    if (!opened.ok) return opened;
    const listed = await listStore(opened.value);
    return said(run.given.flags.json ? [JSON.stringify(listed, undefined, 2)] : listedLines(listed));
  },
};

/** Returns the list of the store as text. */
export function listedLines({ root, images, tools, workspaces }: ListedStore): string[] {
  const imageRows = images.map((image) => [
    `  ${image.name}`,
    image.platform,
    shortHex(image.digest),
    counted(image.layers.length, 'layer'),
    bytesText(image.size),
    ago(image.usedMs),
    where(image.workspaces, workspaces),
  ]);
  const toolRows = tools.map(({ name, buildId, size, usedMs, workspaces: used }) => [
    `  ${name}`,
    shortHex(buildId),
    bytesText(size),
    ago(usedMs),
    where(used, workspaces),
  ]);
  return [
    root,
    '',
    `Images (${images.length}): digest, layers, size, last assembled, in which workspaces`,
    ...aligned(imageRows, [4]),
    '',
    `Tools (${tools.length}): build id, size, last used, in which workspaces`,
    ...aligned(toolRows, [2]),
    '',
    `Workspaces (${workspaces.length})`,
    ...workspaces.map((workspace, index) => `  ${index + 1}  ${workspace}`),
  ];
}

/** Workspaces by number; paths would make the table wider than a terminal. */
function where(having: readonly string[], workspaces: readonly string[]): string {
  return having.length === 0 ? '-' : having.map((one) => workspaces.indexOf(one) + 1).join(', ');
}
