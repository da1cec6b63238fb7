import { all, type Failure, type RunContext } from '@image-tooling/model';
import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { nameTaken, workspaceIn, writeDefinitions } from '../shared/definitions';
import { lockThenSay } from '../shared/lock';
import { refuse, usage } from '../shared/refuse';
import { definitionOf, KINDS, type Kind } from './definition';
import { findDeb } from './find/deb';
import { findGo } from './find/go';
import { findNpm } from './find/npm';
import { findRelease } from './find/release';
import type { Find, Found, Search, ToolOptions } from './find/types';

const FIND: Readonly<Record<Kind, Find>> = { release: findRelease, go: findGo, npm: findNpm, deb: findDeb };

/**
 * Adds a tool: looks its sources up, writes and locks it. Fails with all mistakes, and then writes nothing.
 */
export async function tool(tree: Tree, options: ToolOptions): Promise<GeneratorCallback> {
  const { name, lock = true } = options;
  const kinds = KINDS.filter((kind) => options[kind] !== undefined);
  const search: Search = {
    options,
    root: tree.root,
    workspace: workspaceIn(tree),
    env: process.env,
    context: context(),
  };
  const early = [...nameTaken(tree, { kind: 'tool', name }), ...(kinds.length === 0 ? [noSource(name)] : [])];
  if (early.length > 0) refuse(early);
  const found = all(await Promise.all(kinds.map((kind) => FIND[kind](options[kind]!, search))));
  if (!found.ok) return refuse(found.failures);
  const parts = Object.fromEntries(kinds.map((kind, index) => [kind, found.value[index]])) as Partial<
    Record<Kind, Found>
  >;
  const { content, questions } = await definitionOf(options, parts);
  const failures = writeDefinitions(tree, [{ kind: 'tool', name, content }]);
  if (failures.length > 0) refuse(failures);
  return lockThenSay(tree, [name], {
    lock,
    first: toLookAt(name, content.version, questions),
    say: nextSteps(name, lock),
  });
}

function noSource(name: string): Failure {
  return usage(
    `The tool "${name}" has no source.`,
    'Name one or more of --go <module>, --release <address>, --npm <package>, --deb <package>.',
  );
}

function context(): RunContext {
  return {
    signal: new AbortController().signal,
    progress: {
      note: (line) => logger.info(line),
      step: (name) => {
        logger.info(name);
        return {
          status: () => undefined,
          output: () => undefined,
          done: () => undefined,
          failed: () => undefined,
        };
      },
    },
  };
}

/** Logged before the lock, which often fails because of a wrong guess. */
function toLookAt(name: string, version: string, questions: readonly string[]): string {
  const guesses = questions.map((question) => `  - ${question}`);
  return [`${name} ${version}`, ...(guesses.length > 0 ? ['Check in its tool.json:', ...guesses] : [])].join(
    '\n',
  );
}

function nextSteps(name: string, locked: boolean): string {
  return [
    'Next:',
    ...(locked ? [] : [`  npx nx run ${name}:lock`]),
    `  add "${name}" to "tools" of an image, then npx nx run <image>:build && npx nx run <image>:test`,
  ].join('\n');
}
