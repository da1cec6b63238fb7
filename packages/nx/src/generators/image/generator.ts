import { PLATFORMS, type Workspace } from '@image-tooling/model';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { canAsk, choose } from '../shared/ask';
import { workspaceIn, writeDefinitions } from '../shared/definitions';
import { fromChoices, fromOf, type From } from '../shared/from';
import { lockThenSay } from '../shared/lock';
import { refuse } from '../shared/refuse';

export interface ImageOptions {
  readonly name: string;
  readonly description?: string;
  /** Default: the image of the workspace that is based on Debian; else Debian itself. */
  readonly from?: string;
  readonly packages?: string | readonly string[];
  readonly tools?: string | readonly string[];
  /** Default: yes. */
  readonly lock?: boolean;
}

/** Adds an image: writes and locks its image.json. Fails with all mistakes, and then writes nothing. */
export async function image(tree: Tree, options: ImageOptions): Promise<GeneratorCallback> {
  const { name, lock = true } = options;
  const workspace = workspaceIn(tree);
  const from = fromOf(options.from ?? (await defaultFrom(workspace)), workspace);
  const failures = writeDefinitions(tree, [
    { kind: 'image', name, content: contentOf(options, from, workspace) },
  ]);
  if (failures.length > 0) refuse(failures);
  return lockThenSay(tree, [name], { lock, say: nextSteps(name, lock) });
}

async function defaultFrom(workspace: Workspace): Promise<string> {
  const choices = fromChoices(workspace);
  return canAsk() ? choose('What is it based on?', choices) : choices[0]!;
}

function contentOf(options: ImageOptions, from: From, { images, tools }: Workspace): object {
  const parent = 'image' in from ? images.get(from.image) : undefined;
  const platforms = parent?.definition.platforms ?? PLATFORMS;
  const packages = [...new Set(wordsOf(options.packages))].sort();
  const toolNames = [...new Set(wordsOf(options.tools))].sort();
  const examples = toolNames.flatMap((name) => tools.get(name)?.definition.examples.slice(0, 1) ?? []);
  return {
    description: options.description?.trim() || `The image ${options.name}`,
    from,
    ...(packages.length > 0 && { packages }),
    ...(toolNames.length > 0 && { tools: toolNames }),
    checks: [{ run: ['toolbox-help'] }],
    ...(platforms.length < PLATFORMS.length && { platforms }),
    ...(examples.length > 0 && { examples }),
  };
}

/** Returns the commands to run next. */
function nextSteps(name: string, locked: boolean): string {
  return [
    'Next:',
    `  npx nx run ${name}:${locked ? 'build' : `lock && npx nx run ${name}:build`}`,
    `  npx nx run ${name}:test     runs its "checks": add those that matter`,
    `  npx nx run ${name}:load     into docker or podman`,
  ].join('\n');
}

/** Returns the values of an option that may be repeated or have commas: "a,b" is the same as "a" "b". */
function wordsOf(given: string | readonly string[] | undefined): string[] {
  const texts = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  return texts.flatMap((text) => text.split(/[,\s]+/)).filter((word) => word !== '');
}
