import { aligned, bytesText } from '@image-tooling/model';
import { listStore, type ListedStore } from '@image-tooling/pipeline';
import { said, type Command } from '../command';
import { wholeStoreRun } from './open';
import { ago, counted, short } from './words';

/** Lists images and tools. */
export const ls: Command = {
  flags: ['json'],
  async run(run) {
    const opened = await wholeStoreRun(run);
    if (!opened.ok) return opened;
    const listed = await listStore(opened.value);
    return said(run.given.flags.json ? [JSON.stringify(listed, undefined, 2)] : lines(listed));
  },
};

function lines({ root, images, tools, workspaces }: ListedStore): string[] {
  const imageRows = images.map((image) => [
    `  ${image.name}`,
    image.platform,
    short(image.digest),
    counted(image.layers.length, 'layer'),
    bytesText(image.size),
    ago(image.usedMs),
    where(image.workspaces),
  ]);
  const toolRows = tools.map(({ name, buildId, size, usedMs, workspaces: used }) => [
    `  ${name}`,
    short(buildId),
    bytesText(size),
    ago(usedMs),
    where(used),
  ]);
  return [
    root,
    '',
    `Images (${images.length}): digest, layers, size, last put together, workspaces that have it`,
    ...aligned(imageRows, [4]),
    '',
    `Tools (${tools.length}): build id, size, last used, workspaces that have it`,
    ...aligned(toolRows, [2]),
    '',
    `Workspaces (${workspaces.length})`,
    ...workspaces.map((workspace) => `  ${workspace}`),
  ];
}

function where(workspaces: readonly string[]): string {
  return workspaces.length === 0 ? 'none' : workspaces.join(', ');
}
