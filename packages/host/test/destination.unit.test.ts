import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import {
  copySource,
  findDestination,
  findFolder,
  findSource,
  ioFailure,
  isStdout,
  writeDestination,
} from '../src';
import { failureOf } from './help';

const NEVER = new AbortController().signal;
const WORDS = 'an archive';

let folder: string;
let stdout: PassThrough;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'destination-'));
  stdout = new PassThrough();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* pieces(...words: string[]): AsyncGenerator<Uint8Array> {
  for (const word of words) yield Buffer.from(word);
}

async function write(path: string, content = pieces(WORDS), signal?: AbortSignal): Promise<void> {
  await writeDestination(valueOf(await findDestination(path, stdout)), content, signal);
}

function fifo(): string {
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

function file(name: string, content = 'old'): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('a regular file', () => {
  it('is made with its folder, or replaced whole', async () => {
    const path = join(folder, 'a', 'b');
    await write(path);
    await write(path, pieces('another'));
    expect(readFileSync(path, 'utf8')).toBe('another');
    expect(readdirSync(join(folder, 'a'))).toEqual(['b']);
  });

  it('stays as it was when its content breaks off', async () => {
    const path = file('kept');
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('broken');
    };
    await expect(write(path, broken())).rejects.toThrow('broken');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  it('is written behind links, which stay', async () => {
    const path = file('target');
    symlinkSync('target', join(folder, 'link'));
    symlinkSync('link', join(folder, 'second'));
    await write(join(folder, 'second'));
    expect(readFileSync(path, 'utf8')).toBe(WORDS);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'second')).isSymbolicLink()).toBe(true);
  });

  it('is made where a link leads to nothing yet', async () => {
    symlinkSync('later', join(folder, 'link'));
    await write(join(folder, 'link'));
    expect(lstatSync(join(folder, 'later')).isFile()).toBe(true);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  it('that has lost its name is written in place', async () => {
    const fd = openSync(file('gone'), 'r+');
    try {
      unlinkSync(join(folder, 'gone'));
      await write(`/proc/self/fd/${fd}`, pieces('x'.repeat(10)));
      expect(readFileSync(`/proc/self/fd/${fd}`, 'utf8')).toBe('x'.repeat(10));
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      closeSync(fd);
    }
  });
});

describe('a FIFO', () => {
  it('gets the bytes and stays', async () => {
    const path = fifo();
    const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [read] = await Promise.all([text(reader.stdout), write(path, pieces('one', ' two'))]);
    expect(read).toBe('one two');
    expect(statSync(path).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(['fifo']);
  });

  it('whose reader goes away fails', async () => {
    const path = fifo();
    const reader = spawn('head', ['-c', '3', path], { stdio: ['ignore', 'ignore', 'inherit'] });
    const lots = Array.from({ length: 40 }, () => 'x'.repeat(100_000));
    const error: unknown = await write(path, pieces(...lots)).catch((thrown: unknown) => thrown);
    expect(ioFailure(error, path)).toMatchObject({
      code: 'io',
      message: `The program that reads ${path} stopped reading.`,
    });
    if (reader.exitCode === null) await once(reader, 'exit');
  });

  it('that is not read is given up on abort', async () => {
    const stop = new AbortController();
    const written = write(fifo(), pieces(WORDS), stop.signal);
    setImmediate(() => stop.abort());
    await expect(written).rejects.toThrow('aborted');
  });

  it('whose reader reads no more is given up on abort', async () => {
    const path = fifo();
    const reader = openSync(path, 'r+');
    const stop = new AbortController();
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        yield Buffer.alloc(50_000);
        setImmediate(() => stop.abort());
      }
    };
    await expect(write(path, endless(), stop.signal)).rejects.toThrow('aborted');
    closeSync(reader);
  });

  it('is found behind the paths that shells give', async () => {
    const script = 'exec 3> >(cat); echo ready; read line; exec 3>&-; wait $!';
    const shell = spawn('bash', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(shell.stdout, 'data');
    await write(`/proc/${shell.pid}/fd/3`);
    shell.stdin.end('\n');
    expect(await text(shell.stdout)).toBe(WORDS);
  });
});

describe('a device', () => {
  it('is written to and stays', async () => {
    await write('/dev/null');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    const error: unknown = await write('/dev/full').catch((thrown: unknown) => thrown);
    expect(ioFailure(error, '/dev/full').code).toBe('disk-full');
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});

describe('standard output', () => {
  it('is meant by a dash', async () => {
    const [read] = await Promise.all([buffer(stdout), write('-').then(() => stdout.end())]);
    expect(read.toString()).toBe(WORDS);
    expect(await isStdout('-', stdout)).toBe(true);
  });

  it('is meant by a path that leads to the same file', async () => {
    const path = file('redirected');
    const fd = openSync(path, 'w');
    const redirected = Object.assign(stdout, { fd });
    try {
      expect(await isStdout(path, redirected)).toBe(true);
      expect(await isStdout(`/proc/self/fd/${fd}`, redirected)).toBe(true);
      expect(await isStdout(file('other'), redirected)).toBe(false);
      expect(await findDestination(path, redirected)).toMatchObject({ value: { kind: 'stdout' } });
    } finally {
      closeSync(fd);
    }
  });

  it('that is a terminal gets no archive', async () => {
    const terminal = Object.assign(stdout, { isTTY: true });
    expect(failureOf(await findDestination('-', terminal))).toMatchInlineSnapshot(`
      {
        "code": "usage",
        "hint": "Name a file, or send it to a program: … | cat",
        "message": "Standard output is a terminal: an archive is not text.",
      }
    `);
  });
});

describe('what can not be written to is refused', () => {
  it('a folder', async () => {
    expect(failureOf(await findDestination(folder, stdout))).toMatchObject({
      code: 'usage',
      message: `${folder} is a folder.`,
    });
  });

  it('a socket', async () => {
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await once(server, 'listening');
    expect(failureOf(await findDestination(path, stdout)).message).toBe(`${path} is a socket.`);
    server.close();
  });

  it('a path below a file, and links in a circle', async () => {
    const below = join(file('a'), 'below');
    expect(failureOf(await findDestination(below, stdout))).toMatchObject({ code: 'io' });
    symlinkSync('circle', join(folder, 'circle'));
    expect(failureOf(await findDestination(join(folder, 'circle'), stdout))).toMatchObject({ code: 'io' });
  });
});

describe('a folder to write', () => {
  it('is found behind a link', async () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    expect(valueOf(await findFolder(join(folder, 'link')))).toBe(join(folder, 'real'));
    expect(valueOf(await findFolder(join(folder, 'new')))).toBe(join(folder, 'new'));
  });

  it.each(['/dev/null', '/proc/self/status'])('is not %s', async (path) => {
    expect(failureOf(await findFolder(path))).toMatchObject({
      code: 'usage',
      message: `${path} is not a folder.`,
    });
  });
});

describe('what is read', () => {
  it('a FIFO or standard input, copied whole', async () => {
    const path = fifo();
    const writer = spawn('bash', ['-c', `printf '%s' "$1" > "$0"`, path, WORDS]);
    for (const [from, stdin] of [
      [path, new PassThrough()],
      ['-', new PassThrough().end(WORDS)],
    ] as const) {
      const source = valueOf(await findSource(from, stdin));
      if (source.kind === 'file') throw new Error('can be read once only');
      const to = join(folder, `of ${source.kind}`);
      valueOf(await copySource(source, to, NEVER));
      expect(readFileSync(to, 'utf8')).toBe(WORDS);
    }
    if (writer.exitCode === null) await once(writer, 'exit');
  });

  it('stops waiting for a writer of a FIFO on abort', async () => {
    const stop = new AbortController();
    const copied = copySource({ kind: 'fifo', path: fifo() }, join(folder, 'copy'), stop.signal);
    setImmediate(() => stop.abort());
    expect(failureOf(await copied).code).toBe('aborted');
  });

  it.each(['/dev/zero', '/proc', '/nowhere'])('not %s', async (path) => {
    expect(failureOf(await findSource(path, new PassThrough())).code).toBe('usage');
  });
});
