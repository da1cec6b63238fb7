import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { formatReport, proposeImage, type Proposal } from '@image-tooling/dockerfile';
import { joinPathFragments, logger, readNxJson, type Tree } from '@nx/devkit';
import { workspaceIn, writeDefinitions } from '../shared/definitions';
import { jsonText } from '../shared/json-text';
import { refuse, usage } from '../shared/refuse';
import { foldersIn, pluginOptions } from '../shared/workspace';
import { folderContext } from './context';
import { nextSteps } from './next-steps';

export interface ImportDockerfileOptions {
  /** The Dockerfile or its folder, relative to the folder that Nx was called in. */
  readonly path: string;
  readonly name?: string;
  readonly context?: string;
  readonly from?: string;
  readonly arg?: string | readonly string[];
  /** Default: yes. */
  readonly tools?: boolean;
}

/** Writes an image and tools for a Dockerfile, and prints a report on each of its lines. */
export function importDockerfile(tree: Tree, options: ImportDockerfileOptions): void {
  const file = dockerfileAt(options.path);
  if (!file.ok) return refuse(file.failures);
  const folder = options.context === undefined ? dirname(file.value) : fromHere(options.context);
  const name = options.name ?? imageName(dirname(file.value));
  const text = readFileSync(file.value, 'utf8');
  if (!/^\s*FROM\s/im.test(text)) refuse([noFrom(file.value)]);
  const proposal = proposeImage({
    name,
    text,
    context: folderContext(folder),
    workspace: workspaceIn(tree),
    toolsDir: foldersIn(tree).tools,
    archives: (pluginOptions(readNxJson(tree))?.debian?.archives ?? []).map(({ url }) => url),
    from: options.from,
    args: argumentsOf(options.arg),
  });
  logger.info(`${file.value}\n\n${formatReport(proposal.report)}`);
  write(tree, name, { proposal, folder, withTools: options.tools ?? true });
  logger.info(nextSteps(name, proposal));
}

interface Proposed {
  readonly proposal: Proposal;
  /** The build context of the Dockerfile. */
  readonly folder: string;
  readonly withTools: boolean;
}

function write(tree: Tree, name: string, { proposal, folder, withTools }: Proposed): void {
  const tools = withTools ? proposal.tools : [];
  const failures = writeDefinitions(tree, [
    ...tools.map(({ name: tool, definition }) => ({
      kind: 'tool' as const,
      name: tool,
      content: definition,
    })),
    { kind: 'image', name, content: withTools ? proposal.image : withoutNewTools(proposal) },
  ]);
  if (failures.length > 0) refuse(failures);
  const { images, tools: toolsFolder } = foldersIn(tree);
  for (const file of proposal.files)
    tree.write(
      joinPathFragments(images, name, 'rootfs', file.path),
      'content' in file ? file.content : readFileSync(join(folder, file.copyOf)),
      file.executable ? { mode: '755' } : {},
    );
  for (const tool of tools)
    writeChecksums(tree, joinPathFragments(toolsFolder, tool.name, 'lock.json'), tool);
}

function withoutNewTools({ image, tools }: Proposal): object {
  const written = new Set(tools.map(({ name }) => name));
  const { tools: names, ...rest } = image as { readonly tools?: readonly string[] };
  const left = (names ?? []).filter((name) => !written.has(name));
  return { ...rest, ...(left.length > 0 && { tools: left }) };
}

/** Locks the checksums in the Dockerfile: `lock` then refuses other files at the same URL. */
function writeChecksums(
  tree: Tree,
  path: string,
  { definition, checksums }: Proposal['tools'][number],
): void {
  if (Object.keys(checksums).length === 0) return;
  const { version } = definition as { readonly version: string };
  tree.write(path, jsonText({ lockVersion: 1, version, release: checksums }));
}

/** Returns the absolute path. Nx runs generators in the root, and sets INIT_CWD to the user's folder. */
function fromHere(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

function dockerfileAt(path: string): Result<string> {
  const absolute = fromHere(path);
  const inside = join(absolute, 'Dockerfile');
  const file = existsSync(absolute) && statSync(absolute).isDirectory() ? inside : absolute;
  if (existsSync(file)) return ok(file);
  return fail(usage(`There is no Dockerfile ${file}.`, 'Name the file or its folder.'));
}

function noFrom(file: string): Failure {
  return usage(
    `${file} has no FROM instruction, so it is not a Dockerfile.`,
    'Name another file, or check the spelling of its first instruction.',
  );
}

/** Returns a name for the image of a folder. */
function imageName(folder: string): string {
  return basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function argumentsOf(given: string | readonly string[] | undefined): Record<string, string> {
  const texts = typeof given === 'string' ? [given] : (given ?? []);
  const pairs = texts.map((text): [string, string] => {
    const equals = text.indexOf('=');
    if (equals < 1) refuse([usage(`--arg ${text} has no value.`, 'Write --arg NAME=value.')]);
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
  return Object.fromEntries(pairs);
}
