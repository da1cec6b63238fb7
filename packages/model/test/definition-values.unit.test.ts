import { describe, expect, it } from 'vitest';
import { parseImage, parseTool, readWorkspace, type FileText } from '../src';
import { codesOf, files, imageFile, pretty, shown, TOOL, type Members } from './definitions-fixtures';

const FROM = { description: 'X', from: { debian: 'trixie' } };
const image = (members: Members) => parseImage('images/x/image.json', pretty({ ...FROM, ...members }));
const config = (members: Members) => image({ config: members });
const user = (members: Members) =>
  image({ users: [{ name: 'toolbox', uid: 1000, home: '/home/toolbox', ...members }] });
const tool = (members: Members) => parseTool('tools/x/tool.json', pretty({ ...TOOL, ...members }));

describe('values that would fail in a build, an engine or a registry', () => {
  it.each<[string, ReturnType<typeof image> | ReturnType<typeof tool>]>([
    ['NUL in a variable', config({ env: { A: 'x\0y' } })],
    ['NUL in an argument', config({ cmd: ['sh', '-c', 'printf "\0"'] })],
    ['NUL in a label', config({ labels: { a: 'b\0' } })],
    ['half of a character', config({ env: { A: '\ud800' } })],
    ['name of a label with a space', config({ labels: { 'a b': '' } })],
    ['name of a label with "="', config({ labels: { 'a=b': '' } })],
    ['name of a variable with "="', config({ env: { 'A=B': 'x' } })],
    ['key __proto__', image({ modes: JSON.parse('{ "__proto__": "0755" }') as Members })],
    ['entry point without a name', config({ entrypoint: ['', '-x'] })],
    ['command without a name', config({ cmd: [''] })],
    ['check without a name', image({ checks: [{ run: [''] }] })],
    ['check of too many bytes', image({ checks: [{ run: ['echo', 'ä'.repeat(65_536)] }] })],
    [
      'file of a check that is a folder of another',
      image({ checks: [{ run: ['ls'], files: { 'a/b': '', 'a/bc': '', a: '' } }] }),
    ],
    ['port above the highest', config({ exposedPorts: ['65536/tcp'] })],
    ['port 0', config({ exposedPorts: ['0'] })],
    [
      'port of a registry above the highest',
      image({ from: { registry: `registry.example:99999/a@sha256:${'0'.repeat(64)}` } }),
    ],
    ['relative working folder', config({ workdir: 'work' })],
    ['user number that no runtime takes', config({ user: '4294967295' })],
    ['line feed in a path', image({ directories: [{ path: '/a\nb', mode: '0755' }] })],
    ['escape in a path', image({ setuid: ['/usr/bin/\u001b[31m'] })],
    ['name of 256 bytes', image({ directories: [{ path: `/${'ä'.repeat(128)}`, mode: '0755' }] })],
    ['path of 4096 bytes', image({ modes: { ['/x'.repeat(2048)]: '0755' } })],
    ['name of a whiteout', image({ directories: [{ path: '/etc/.wh.passwd', mode: '0755' }] })],
    ['folder twice', image({ directories: ['/a', '/b', '/a'].map((path) => ({ path, mode: '0755' })) })],
    [
      'folder with two modes',
      image({ directories: [{ path: '/a', mode: '0755' }], modes: { '/a': '0700' } }),
    ],
    ['colon in a home', user({ home: '/home/a:b' })],
    ['escape in a description', image({ description: 'a \u001b[31m' })],
    ['control character in a flag', tool({ sources: { go: { package: 'a.invalid/b', tags: ['a\u0007'] } } })],
    ['invalid URL', tool({ homepage: 'https://[' })],
  ])('%s', (_, result) => {
    expect(codesOf(result)).toHaveLength(1);
    expect(shown(result)).toMatchSnapshot();
  });

  it.each<[string, ReturnType<typeof image>]>([
    [
      'names of Object’s properties',
      config({ env: { constructor: 'x', toString: 'y' }, labels: { constructor: '' } }),
    ],
    ['line feeds in a script', config({ entrypoint: ['sh', '-c', 'a\nb'], env: { A: 'a\nb\t' } })],
    ['an argument as long as Linux takes', image({ checks: [{ run: ['a', 'b'.repeat(131_069)] }] })],
    ['empty arguments', config({ entrypoint: ['echo', ''], cmd: [''] })],
    ['ports at the ends', config({ exposedPorts: ['1', '65535/udp'] })],
    ['name of 255 bytes', image({ directories: [{ path: `/${'a'.repeat(255)}`, mode: '0755' }] })],
  ])('takes %s', (_, result) => expect(shown(result)).toBe('no mistake'));
});

const read = (...images: FileText[]) => shown(readWorkspace(files(images)));
const on = (name: string) => ({ from: { image: name } });

describe('variables written for a shell', () => {
  it('suggests the value to write, with inherited variables', () => {
    const base = imageFile('base', { config: { env: { PATH: '/opt/base:/usr/bin', GOPATH: '/go' } } });
    const child = imageFile('child', {
      ...on('base'),
      config: { env: { PATH: '$PATH:${GOPATH}/bin:/opt/bin', LD_LIBRARY_PATH: '/lib:$LD_LIBRARY_PATH' } },
    });
    expect(read(base, child)).toMatchSnapshot();
  });

  it("knows Debian's own path", () => {
    const text = read(imageFile('base', { config: { env: { PATH: '$PATH:/opt/bin' } } }));
    expect(text).toContain('Write "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin".');
  });

  it('ignores other variables: prompts and patterns contain "$"', () => {
    expect(read(imageFile('base', { config: { env: { PS1: '$PWD \\$ ', PRICE: '$5' } } }))).toBe(
      'no mistake',
    );
  });
});

const lockFile = (name: string, ...packages: string[]): FileText => ({
  file: `images/${name}/lock.json`,
  text: pretty({ lockVersion: 1, platforms: { 'linux/amd64': { time: 1, packages: packages.map(deb) } } }),
});
const deb = (name: string) => ({
  name,
  version: '1',
  architecture: 'all',
  archive: 'debian',
  path: 'pool/x.deb',
  size: 1,
  sha256: 'a'.repeat(64),
});

describe('users', () => {
  const runsAs = (given: string, members: Members = {}) =>
    imageFile('base', { config: { user: given }, ...members });
  const withLock = (...packages: string[]) =>
    shown(
      readWorkspace({
        ...files([runsAs('postgres', { packages: ['postgresql'] })]),
        imageLocks: [lockFile('base', 'postgresql', ...packages)],
      }),
    );

  it('reports a user and a group that are not in the image', () => {
    const toolbox = { users: [{ name: 'toolbox', uid: 1000, home: '/home/toolbox' }] };
    expect(read(runsAs('tolbox', toolbox))).toMatchSnapshot();
    expect(read(runsAs('toolbox:nothing', toolbox))).toMatchSnapshot();
  });

  it.each(['1000', '1000:2000', 'www-data:staff', 'toolbox:toolbox', 'root:0'])('takes %s', (given) => {
    const toolbox = { users: [{ name: 'toolbox', uid: 1000, home: '/home/toolbox' }] };
    expect(read(runsAs(given, toolbox))).toBe('no mistake');
  });

  it('accepts one that a package may have created', () => {
    expect(withLock('adduser')).toBe('no mistake');
    expect(withLock('libpq5')).toContain('has no such user');
  });

  it('accepts any user on registry images, whose users are unknown', () => {
    const registry = `registry.invalid/base@sha256:${'a'.repeat(64)}`;
    expect(read(runsAs('nonroot', { from: { registry } }))).toBe('no mistake');
  });

  it('reports names and numbers that Debian or another user has', () => {
    const users = [
      { name: 'staff', uid: 1001 },
      { name: 'a', uid: 33 },
      { name: 'b', uid: 1002, gid: 100 },
      { name: 'c', uid: 1003, gid: 1004 },
      { name: 'd', uid: 1004 },
    ].map((one) => ({ ...one, home: '/home' }));
    expect(read(imageFile('base', { users }))).toMatchSnapshot();
  });
});
