import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Argument, introspect, type IntrospectedModule, type IntrospectedObject } from './introspected';

const FOLDER = join(import.meta.dirname, '..');

async function readJson(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
}

let module: IntrospectedModule;
let main: IntrospectedObject;

beforeAll(async () => {
  const { name } = await readJson(join(FOLDER, '../dagger.json'));
  module = await introspect(name as string);
  main = module.objects['ImageTooling']!;
});

/** Each argument on a line: its name, what it is without being given, and the first line of its description. */
function help(args: Readonly<Record<string, Argument>>): string[] {
  return Object.values(args).map((one) => {
    const fallback = one.defaultAddress ?? one.defaultValue ?? (one.isOptional ? 'optional' : 'required');
    return `${one.name} (${JSON.stringify(fallback)}): ${one.description.split('\n')[0]}`;
  });
}

describe('what dagger functions shows', () => {
  it('is the functions, what they give and take', () => {
    const shown = Object.entries(main.methods).map(([name, one]) => ({
      function: `${name}: ${one.returnType.name ?? one.returnType.kind}`,
      arguments: help(one.arguments),
    }));
    expect(shown).toMatchSnapshot();
  });

  it('is the arguments of all of them', () => {
    expect(help(main._constructor.arguments)).toMatchSnapshot();
  });

  it('leaves nothing without a description', () => {
    const described = [module, ...Object.values(main.methods), ...argumentsOfAll()];
    expect(described.filter(({ description }) => description === '')).toEqual([]);
  });

  const argumentsOfAll = () => [
    ...Object.values(main._constructor.arguments),
    ...Object.values(main.methods).flatMap((one) => Object.values(one.arguments)),
  ];
});

describe('the functions', () => {
  it('are not kept by the engine: what is a hit is for Nx to say', () => {
    expect(Object.values(main.methods).map(({ cache }) => cache)).toEqual(Array(4).fill('never'));
  });

  it('upload nothing that was built, and the history for publish and affected only', () => {
    const ignored = (name: string) => main.methods[name]?.arguments['source']?.ignore;
    expect(ignored('affected')).toEqual(expect.arrayContaining(['**/node_modules', '**/dist']));
    expect(ignored('affected')).not.toContain('.git');
    expect(ignored('publish')).toEqual(ignored('affected'));
    for (const name of ['build', 'test']) expect(ignored(name)).toEqual([...ignored('affected')!, '.git']);
  });
});

describe('the module’s package.json', () => {
  it('needs no npm install in the runtime: the engine mounts the one TypeScript that it brings', async () => {
    const { type, dependencies } = await readJson(join(FOLDER, 'package.json'));
    expect(type).toBe('module');
    // Of exactly this version, and alone: else the runtime installs (its NpmPkgManager.withInstalledDependencies).
    expect(dependencies).toEqual({ typescript: '5.9.3' });
  });
});
