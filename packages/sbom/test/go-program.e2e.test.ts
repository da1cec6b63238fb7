import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileEntry, writeTarBytes } from '@image-tooling/layer';
import { valueOf } from '@image-tooling/testkit/helpers';
import { goSymbols } from '../src/go-program';
import type { ReadLayer } from '../src';
import { readTarContents } from './read-layer';

const exec = promisify(execFile);

const SOURCE = `package main

import (
	"fmt"
	"net/http"
)

type box[T any] struct{ values []T }

func (b *box[T]) add(value T) { b.values = append(b.values, value) }

func main() {
	_, err := http.Get("http://127.0.0.1:1")
	b := &box[error]{}
	b.add(err)
	func() { fmt.Println(b.values) }()
}
`;

/** As vendors link: without symbols, and position independent. */
const BUILDS = { plain: [], stripped: ['-ldflags=-s -w'], pie: ['-buildmode=pie', '-ldflags=-s -w'] };

let folder: string;
let read: ReadLayer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-tooling-test-'));
  writeFileSync(join(folder, 'go.mod'), 'module example.org/hello\n\ngo 1.21\n');
  writeFileSync(join(folder, 'main.go'), SOURCE);
  for (const [name, flags] of Object.entries(BUILDS))
    await exec('go', ['build', ...flags, '-o', name, '.'], {
      cwd: folder,
      env: { ...process.env, CGO_ENABLED: '0' },
    });
  const programs = Object.keys(BUILDS).map((name) =>
    fileEntry(name, readFileSync(join(folder, name)), { mode: 0o755 }),
  );
  read = valueOf(await readTarContents(await writeTarBytes(programs), 'tools', { folder }));
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the go command itself says of a program. */
async function goSays(...args: string[]): Promise<string[]> {
  const { stdout } = await exec('go', args, { cwd: folder, maxBuffer: 2 ** 28 });
  return stdout.split('\n');
}

const symbolsIn = (program: string): Set<string> =>
  new Set(
    Object.entries(read.symbols[program] ?? {}).flatMap(([path, names]) =>
      names.map((name) => `${path}.${name}`),
    ),
  );

describe.each(Object.keys(BUILDS))('a Go program, %s', (name) => {
  it('has the modules that "go version -m" lists', async () => {
    const lines = await goSays('version', '-m', name);
    const listed = lines.flatMap(
      (line) => /^\t(?:mod|dep)\t([^\t]+)\t([^\t]*)/.exec(line)?.slice(1, 3).join(' ') ?? [],
    );
    const program = read.contents.go.find(({ path }) => path === name);
    expect(program?.modules.map(({ path, version }) => `${path} ${version}`)).toEqual(listed);
    expect(lines[0]).toContain(`: ${program?.goVersion}`);
  });

  it('has all functions that "go tool nm" lists in the one with symbols', async () => {
    const lines = await goSays('tool', 'nm', 'plain');
    const names = lines.flatMap((line) => /^\s*[0-9a-f]+ [Tt] (.*?)(?:\.abi0)?$/.exec(line)?.[1] ?? []);
    const listed = names.flatMap(goSymbols).map(({ package: path, symbol }) => `${path}.${symbol}`);
    const found = symbolsIn(name);
    expect(listed.length).toBeGreaterThan(3000);
    expect(listed.filter((symbol) => !found.has(symbol) && !isLabel(symbol))).toEqual([]);
  });

  it('has what is inlined, and nothing that is not linked', () => {
    const found = symbolsIn(name);
    expect(found.has('main.box.add')).toBe(true);
    expect(found.has('net/http.Client.Get')).toBe(true);
    expect(found.has('net/http.ListenAndServe')).toBe(false);
  });
});

/** Labels of the linker are no functions. */
function isLabel(symbol: string): boolean {
  return /^runtime\.e?text$/.test(symbol);
}
