import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  chooseSource,
  compilePattern,
  expandPattern,
  expandTemplate,
  isRunCheck,
  jsonSchemas,
  parseImage,
  parseTool,
  parseWorkspaceOptions,
  versionValues,
} from '../src';
import { imageFile, pretty, shown, TOOL, valueOf } from './definitions-fixtures';

describe('templates', () => {
  const values = { ...versionValues('1.36.4'), arch: 'amd64' };

  it('replaces each name', () => {
    expect(valueOf(expandTemplate('v{version}/{arch} v0.{minor}.{patch} {}', values))).toBe(
      'v1.36.4/amd64 v0.36.4 {}',
    );
  });

  it('refuses placeholders that are unknown or have no value', () => {
    expect(shown(expandTemplate('{vresion} {commit}', values))).toMatchInlineSnapshot(`
      "error: Unknown placeholder "{vresion}". (schema)
        help: Write {version} instead.

      error: "{commit}" has no value here. (schema)
        help: Known are {version}, {major}, {minor}, {patch}, {date}, {commit}, {arch}, {output}.

      2 errors"
    `);
  });

  it('escapes a version in a pattern, and leaves counts like {2} alone', () => {
    const pattern = compilePattern(valueOf(expandPattern('^v{version}\\s{1,2}x$', values)));
    expect(pattern.test('first\nv1.36.4  x')).toBe(true);
    expect(pattern.test('v1x36.4 x')).toBe(false);
  });

  it.each([
    ['1.36.4', '1', '36', '4'],
    ['2.0.0-rc.1', '2', '0', '0'],
    ['7', '7', undefined, undefined],
  ])('parses %s', (version, major, minor, patch) => {
    expect(versionValues(version)).toEqual({ version, major, minor, patch });
  });
});

describe('sizes', () => {
  it.each([
    ['400MB', 400_000_000],
    ['1.5 GB', 1_500_000_000],
    ['10KB', 10_000],
    ['400', undefined],
    ['400MiB', undefined],
  ])('%s', (size, bytes) => {
    expect(bytesOf(size)).toBe(bytes);
  });
});

describe('source of a tool', () => {
  const release = { url: 'https://tool.invalid/x', files: { x: 'bin/x' } };
  const both = { release, go: TOOL.sources.go };

  it.each([
    ['registry', both, 'go'],
    ['release', both, 'release'],
    ['go', { release }, 'release'],
    ['registry', { release }, 'release'],
    ['release', TOOL.sources, 'go'],
  ] as const)('%s', (policy, sources, kind) => {
    const { value } = valueOf(parseTool('tools/x/tool.json', pretty({ ...TOOL, sources })));
    expect(chooseSource(value, policy)).toBe(kind);
  });
});

describe('definitions', () => {
  it('distinguishes kinds of checks and fills in defaults', () => {
    const checks = [{ run: ['a'] }, { file: '/a', absent: true }];
    const text = pretty({ description: 'X', from: { debian: 'trixie' }, checks });
    const { value } = valueOf(parseImage('images/x/image.json', text));
    expect(value.checks.map(isRunCheck)).toEqual([true, false]);
    expect(value.checks[0]).toMatchObject({ exitCode: 0, network: false, timeoutSeconds: 60 });
  });

  it('allows setuid files and limits the time of entry only if set', () => {
    const read = (members: object) =>
      valueOf(parseImage('images/x/image.json', imageFile('x', { ...members }).text)).value;
    expect(read({})).toMatchObject({ setuid: [], budget: {} });
    const members = { setuid: ['/usr/bin/sudo'], budget: { entrySeconds: 0.5 } };
    expect(read(members)).toMatchObject(members);
  });

  it('gives a user a group of the same number', () => {
    const users = [{ name: 'toolbox', uid: 1000, home: '/home/toolbox' }];
    const text = pretty({ description: 'X', from: { debian: 'trixie' }, users });
    const { value } = valueOf(parseImage('images/x/image.json', text));
    expect(value.users[0]).toMatchObject({ gid: 1000, homeMode: '0755', shell: '/bin/bash' });
  });
});

describe('options in nx.json', () => {
  const parse = (text: string) => parseWorkspaceOptions('nx.json', text, '@image-tooling/nx');

  it('are all defaults without an entry', () => {
    const options = valueOf(parse('{ "plugins": ["@nx/eslint", "@image-tooling/nx"] }'));
    expect(options).toEqual(valueOf(parse('{}')));
    expect(options).toMatchObject({ toolSource: 'registry', compression: 'zstd', imagesDir: 'images' });
  });

  it('may have comments around them, and are checked', () => {
    const text = `{
  "plugins": [
    "@nx/eslint", // another
    { "plugin": "@image-tooling/nx", "options": { "toolSource": "binary", "compresion": "gzip" } },
  ]
}`;
    expect(shown(parse(text))).toMatchInlineSnapshot(`
      "error: "toolSource": expected "registry" or "release" or "go" or "npm" or "deb". (schema)
        nx.json:4:65
          3 |     "@nx/eslint", // another
          4 |     { "plugin": "@image-tooling/nx", "options": { "toolSource": "binary", "compresion": "gzip" } },
            |                                                                 ^^^^^^^^ expected "registry" or "release" or "go" or "npm" or "deb"

      error: Unknown key "compresion". (schema)
        nx.json:4:75
          3 |     "@nx/eslint", // another
          4 |     { "plugin": "@image-tooling/nx", "options": { "toolSource": "binary", "compresion": "gzip" } },
            |                                                                           ^^^^^^^^^^^^ unknown key; did you mean "compression"?
        help: Write "compression", or remove it.

      2 errors in one file"
    `);
  });
});

describe('options of a registry', () => {
  const parse = (options: object) =>
    parseWorkspaceOptions(
      'nx.json',
      JSON.stringify({ plugins: [{ plugin: '@image-tooling/nx', options }] }, null, 2),
      '@image-tooling/nx',
    );

  it('are optional', () => {
    const options = valueOf(parse({}));
    expect(options).toMatchObject({
      repository: '{registry}/{image}',
      mainBranch: 'main',
      branchImageDays: 14,
      plainHttp: false,
    });
    expect([options.registry, options.source]).toEqual([undefined, undefined]);
  });

  it.each([
    ['registry', ['registry.example', 'registry.example/team/a_b', 'localhost:5000', '[::1]:5000/x']],
    ['repository', ['{registry}/{image}', '{registry}/tools-{image}', '[::1]:5000/{image}']],
    ['source', ['https://git.example/team/images', 'http://git.invalid']],
    ['mainBranch', ['main', 'release/stable', 'haupt-zweig']],
    ['branchImageDays', [1, 365]],
    ['plainHttp', [true, false]],
    ['signing', [{ key: 'signing.key' }, { key: '/run/secrets/key', builder: 'https://ci.example/job' }]],
  ])('accept these for %s', (name, values) => {
    for (const value of values) expect(valueOf(parse({ [name]: value }))).toMatchObject({ [name]: value });
  });

  it.each([
    [
      'registry',
      ['', 'https://registry.example', 'registry.example/', 'registry.example/Team', 'a.example/b c'],
    ],
    [
      'repository',
      ['{registry}', 'x/{image}/{arch}', 'https://{registry}/{image}', '{registry}/{image}:tag@x'],
    ],
    ['source', ['git@git.example:team/images.git', 'git.example', 'https://']],
    ['mainBranch', ['', 'a b', 'a:b']],
    ['branchImageDays', [0, -1, 1.5, '14', 1e9]],
    ['plainHttp', ['true', 1]],
  ])('refuse these for %s', (name, values) => {
    for (const value of values)
      expect(parse({ [name]: value }), String(value)).toMatchObject({ failures: [{ code: 'schema' }] });
  });

  it('are refused with what was expected', () => {
    const options = {
      registry: 'https://registry.example/team',
      repository: '{registry}/{name}',
      branchImageDays: 0,
    };
    expect(shown(parse(options))).toMatchInlineSnapshot(`
      "error: "registry": expected a host and a path in lower case, without "https://" ("registry.example/team"). (schema)
        nx.json:6:21
          5 |       "options": {
          6 |         "registry": "https://registry.example/team",
            |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a host and a path in lower case, without "https://" ("registry.example/team")

      error: "repository": expected a repository with {image} in it, without "https://" ("{registry}/{image}"). (schema)
        nx.json:7:23
          6 |         "registry": "https://registry.example/team",
          7 |         "repository": "{registry}/{name}",
            |                       ^^^^^^^^^^^^^^^^^^^ expected a repository with {image} in it, without "https://" ("{registry}/{image}")

      error: "repository": unknown placeholder "{name}". (schema)
        nx.json:7:23
          6 |         "registry": "https://registry.example/team",
          7 |         "repository": "{registry}/{name}",
            |                       ^^^^^^^^^^^^^^^^^^^ unknown placeholder "{name}"
        help: Known are {registry}, {image}.

      error: "branchImageDays": must be at least 1. (schema)
        nx.json:8:28
          7 |         "repository": "{registry}/{name}",
          8 |         "branchImageDays": 0
            |                            ^ must be at least 1

      4 errors in one file"
    `);
  });
});

describe('JSON Schemas', () => {
  const folder = join(__dirname, '../../../schemas');

  it.each(Object.entries(jsonSchemas()))('%s is what "npm run schemas" writes', async (name, schema) => {
    const file = join(folder, name);
    const options = await resolveConfig(file);
    const text = await format(JSON.stringify(schema), { ...options, filepath: file });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it.each(Object.entries(jsonSchemas()))('%s describes every key', (_, schema) => {
    expect(undescribed(schema)).toEqual([]);
  });
});

type Schema = Readonly<Record<string, unknown>>;

/** Paths of the members of objects that have no description. */
function undescribed(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const properties = Object.entries((schema as Schema)['properties'] ?? {}) as [string, Schema][];
  const own = properties
    .filter(([, member]) => !member['description'] && !member['$ref'])
    .map(([key]) => `${path}.${key}`);
  return [
    ...own,
    ...Object.entries(schema).flatMap(([key, member]) => undescribed(member, `${path}/${key}`)),
  ];
}
