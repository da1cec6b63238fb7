import { describe, expect, it } from 'vitest';
import {
  functionNames,
  goSymbols,
  LinkedSymbols,
  readBuildInfo,
  readElf,
  type BuildInfo,
} from '../src/go-program';
import { elfFile, type ElfOptions } from './elf';
import {
  fileOf,
  FUNCTIONS,
  functionTable,
  goProgram,
  inlineBuildInfo,
  MODULES,
  moduleText,
  oldBuildInfo,
} from './go-programs';

async function infoIn(bytes: Buffer): Promise<BuildInfo | 'unreadable' | 'no ELF' | undefined> {
  const elf = await readElf(fileOf(bytes));
  return elf ? readBuildInfo(fileOf(bytes), elf) : 'no ELF';
}

async function namesIn(bytes: Buffer): Promise<readonly string[] | 'unreadable'> {
  const elf = await readElf(fileOf(bytes));
  if (!elf) return 'unreadable';
  const found: string[] = [];
  const names = functionNames(fileOf(bytes), elf);
  for (let next = await names.next(); ; next = await names.next()) {
    if (next.done === true) return next.value ? found : 'unreadable';
    found.push(...next.value.split('\0').slice(0, -1));
  }
}

const KINDS: readonly ElfOptions[] = [
  { bits: 64, order: 'little' },
  { bits: 64, order: 'big' },
  { bits: 32, order: 'little' },
  { bits: 32, order: 'big' },
];

const INFO = {
  path: 'example.org/tool/cmd',
  main: { path: 'example.org/tool', version: 'v1.2.3', sum: 'h1:main=' },
  dependencies: [
    { path: 'golang.org/x/net', version: 'v0.47.0', sum: 'h1:net=' },
    { path: 'example.org/new', version: 'v2.0.0', sum: 'h1:new=' },
    { path: 'example.org/local', version: 'v0.1.0' },
  ],
};

describe.each(KINDS)('a program of $bits bits, $order end first', (options) => {
  it('states its modules; a replaced one is the one that is linked', async () => {
    expect(await infoIn(goProgram(options))).toEqual({ goVersion: 'go1.26.8', ...INFO });
  });

  it('states them by addresses if it was made before Go 1.18, also without names of sections', async () => {
    expect(await infoIn(elfFile({ ...options, data: oldBuildInfo(options) }))).toEqual({
      goVersion: 'go1.17.13',
      ...INFO,
    });
  });

  it.each([0xfffffff1, 0xfffffff0, 0xfffffffa])(
    'has the names of its functions (format %i)',
    async (magic) => {
      const table = functionTable(FUNCTIONS, { ...options, magic });
      expect(await namesIn(elfFile({ ...options, sections: { '.gopclntab': table } }))).toEqual(FUNCTIONS);
    },
  );
});

describe('a file', () => {
  it('that is not made by Go states no modules', async () => {
    expect(await infoIn(elfFile({ sections: { '.text': Buffer.from('x') } }))).toBeUndefined();
    expect(await infoIn(elfFile({ data: Buffer.alloc(64) }))).toBeUndefined();
  });

  it.each([
    ['is cut off after its header', goProgram().subarray(0, 64)],
    ['has half a header', goProgram().subarray(0, 20)],
    ['has an unknown word size', Buffer.from(goProgram()).fill(9, 4, 5)],
    ['has 65,535 sections', Buffer.from(goProgram()).fill(0xff, 60, 62)],
    ['has its sections far behind its end', Buffer.from(goProgram()).fill(0xff, 40, 48)],
  ])('that %s is not read as a program', async (_, bytes) => expect(await infoIn(bytes)).toBe('no ELF'));

  it.each([
    ['is cut off', inlineBuildInfo().subarray(0, 60)],
    [
      'states a length of 4 GB',
      Buffer.concat([inlineBuildInfo().subarray(0, 32), Buffer.from('fffffffff0', 'hex')]),
    ],
    ['has no magic number', Buffer.alloc(64)],
    ['is not aligned', Buffer.concat([Buffer.alloc(8), inlineBuildInfo()])],
    ['has a module without a name', inlineBuildInfo(moduleText(['dep\t\tv1']))],
    ['has control characters', inlineBuildInfo(moduleText(['dep\ta\u001b[31m\tv1']))],
    ['replaces nothing', inlineBuildInfo(moduleText(['=>\ta\tv1']))],
  ])('whose build information %s is reported as unreadable', async (_, info) => {
    expect(await infoIn(elfFile({ sections: { '.go.buildinfo': info } }))).toBe('unreadable');
  });

  it('of a build without modules has none', async () => {
    const info = await infoIn(elfFile({ sections: { '.go.buildinfo': inlineBuildInfo(Buffer.alloc(0)) } }));
    expect(info).toEqual({ goVersion: 'go1.26.8', dependencies: [] });
  });

  it.each([
    ['another format', functionTable(FUNCTIONS, { magic: 0xfffffffb })],
    ['names beyond its end', functionTable(FUNCTIONS, {}).fill(0x7f, 8 + 4 * 8, 8 + 5 * 8)],
    ['names that end before they begin', functionTable(FUNCTIONS, {}).fill(0, 8 + 4 * 8, 8 + 5 * 8)],
    ['half a header', functionTable(FUNCTIONS, {}).subarray(0, 12)],
  ])('whose table of functions has %s has no known functions', async (_, table) => {
    expect(await namesIn(elfFile({ sections: { '.gopclntab': table } }))).toBe('unreadable');
  });

  it('that states as many modules as Kubernetes is read whole', async () => {
    const many = Array.from({ length: 5000 }, (_, at) => `dep\texample.org/m${at}\tv1.0.${at}`);
    const text = moduleText([...MODULES, ...many]);
    const info = await infoIn(elfFile({ sections: { '.go.buildinfo': inlineBuildInfo(text) } }));
    expect(info).toMatchObject({ dependencies: { length: 5003 } });
  });
});

describe('a function', () => {
  it.each([
    [
      'golang.org/x/net/http2.(*Transport).RoundTrip',
      ['Transport', 'Transport.RoundTrip'],
      'golang.org/x/net/http2',
    ],
    ['net/http.Header.Get', ['Header', 'Header.Get'], 'net/http'],
    ['net/http.Get', ['Get'], 'net/http'],
    ['gopkg.in/yaml%2ev3.Unmarshal', ['Unmarshal'], 'gopkg.in/yaml.v3'],
    ['a.com/b.F.func1', ['F', 'F.func1'], 'a.com/b'],
    ['a.com/b.(*T).M.func2.1', ['T', 'T.M'], 'a.com/b'],
    ['a.com/b.(*T).M-fm', ['T', 'T.M'], 'a.com/b'],
    ['a.com/b.F[...]', ['F'], 'a.com/b'],
    ['a.com/b.(*T[...]).M', ['T', 'T.M'], 'a.com/b'],
    ['a.com/b.F[go.shape.struct { X a.com/c.D[int] }]', ['F'], 'a.com/b'],
    ['a.com/b.init.0', ['init', 'init.0'], 'a.com/b'],
    ['a.com/b.glob..func1', ['glob'], 'a.com/b'],
    ['main.main', ['main'], 'main'],
  ])('%s proves symbols of its package', (name, symbols, path) => {
    expect(goSymbols(name)).toEqual(symbols.map((symbol) => ({ package: path, symbol })));
  });

  it.each(['type:.eq.main.pair', 'go:buildid', '', '.', 'nothing', '[[[', 'a/b', 'a.'])(
    '%j proves nothing',
    (name) => expect(goSymbols(name)).toEqual([]),
  );
});

it('all functions of a program prove what each of them proves', () => {
  const ofPackage = [
    'F',
    'F.func1',
    'F.func1.2',
    'G',
    '(*T).M',
    '(*T).M-fm',
    '(*T).M.func2.1',
    'T.M',
    'T',
    'init.0',
  ];
  const odd = [
    'F[...]',
    '(*T[...]).M',
    'F[go.shape.struct { X a.com/c.D[int] }]',
    'glob..func1',
    'Ünicode',
    '',
    '(',
  ];
  const packages = ['a.com/b', 'a.com/b/c', 'gopkg.in/yaml%2ev3', 'main', 'runtime', 'a.com/b', 'type:'];
  const names = packages.flatMap((path) =>
    [...ofPackage, ...odd, ...ofPackage].map((name) => `${path}.${name}`),
  );
  const found = new LinkedSymbols();
  for (const part of [names.slice(0, 50), names.slice(50)])
    found.add(Buffer.from(part.map((name) => `${name}\0`).join('')).toString('latin1'));
  const expected: Record<string, Set<string>> = {};
  for (const { package: path, symbol } of names.flatMap((name) =>
    goSymbols(Buffer.from(name).toString('latin1')),
  ))
    (expected[path] ??= new Set()).add(symbol);
  const sorted = Object.entries(expected).map(([path, symbols]) => [path, [...symbols].sort()] as const);
  expect(found.sorted(undefined)).toEqual(Object.fromEntries(sorted));
});
