import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Arch, Failure, Result } from '@image-tooling/model';
import { inject } from 'vitest';
import {
  buildGoTool,
  fetchGoModules,
  lockGoTool,
  type BuiltGoTool,
  type GoRun,
  type GoTool,
} from '../src/go';
import { recordingContext } from './go-context';
import { copyGoStore, fillGoStore, linkGoToolchain, writeProxy } from '@image-tooling/testkit';

/** Whose programs this machine runs. */
export const HOST: Arch = process.arch === 'arm64' ? 'arm64' : 'amd64';

const MAIN = `package main

import (
	"os"

	"example.invalid/greeting"
	"local.invalid/part"
)

var version, date, commit string

func main() {
	os.Stdout.WriteString(greeting.Word + part.Word + " " + version + " " + date + " " + commit + "\\n")
}
`;

/** A command with a dependency, and one that it takes from a folder of its own repository. */
export const HELLO = {
  path: 'example.invalid/hello',
  version: 'v1.2.3',
  files: {
    'go.mod':
      'module example.invalid/hello\n\ngo 1.24\n\nrequire (\n\texample.invalid/greeting v1.0.0\n\tlocal.invalid/part v0.0.0\n)\n\nreplace local.invalid/part => ./part\n',
    'cmd/main.go': MAIN,
    LICENSE: 'terms of hello\n',
  },
};
export const GREETING = {
  path: 'example.invalid/greeting',
  version: 'v1.0.0',
  files: {
    'go.mod': 'module example.invalid/greeting\n\ngo 1.24\n',
    'greeting.go': 'package greeting\n\nconst Word = "hello "\n',
    NOTICE: 'notice of greeting\n',
  },
};
export const PART = {
  path: 'local.invalid/part',
  version: 'v0.2.3',
  files: {
    'go.mod': 'module local.invalid/part\n\ngo 1.24\n',
    'part.go': 'package part\n\nconst Word = "world"\n',
  },
};

export const TOOL: GoTool = {
  name: 'hello',
  version: '1.2.3',
  package: 'example.invalid/hello/cmd',
  module: 'example.invalid/hello',
  replace: { 'local.invalid/*': 'v0.{minor}.{patch}' },
  ldflags: ['-X main.version=v{version}', '-X main.date={date}', '-X main.commit={commit}'],
};

export type RecordedRun = GoRun & { readonly context: ReturnType<typeof recordingContext> };

/** A locked tool, a proxy that has its modules, and a cache with what all test files share: the toolchain, the compiled standard library. */
export class GoRig {
  private constructor(readonly root: string) {}

  static async open(): Promise<GoRig> {
    const rig = new GoRig(await mkdtemp(join(tmpdir(), 'go-tools-')));
    await writeProxy(rig.proxy, [HELLO, GREETING, PART]);
    const store = join(inject('sharedFolder'), 'go-store');
    await fillGoStore(store);
    await copyGoStore(store, rig.path('cache'));
    await rig.lock(TOOL, rig.folder);
    return rig;
  }

  close(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  get proxy(): string {
    return this.path('proxy');
  }

  /** Folder of the tool. */
  get folder(): string {
    return this.path('hello');
  }

  run(
    cache = this.path('cache'),
    env: Readonly<Record<string, string | undefined>> = {},
    signal?: AbortSignal,
  ): RecordedRun {
    const own = { HOME: this.root, GOPROXY: `file://${this.proxy}`, GOSUMDB: 'off' };
    return { cache, context: recordingContext(signal), hostEnv: { ...process.env, ...own, ...env } };
  }

  /** A second user's store: the same toolchain, nothing else. */
  async freshCache(name: string): Promise<string> {
    await linkGoToolchain(this.path('cache'), this.path(name));
    return this.path(name);
  }

  build(into: string, run = this.run(), folder = this.folder, arch = HOST): Promise<Result<BuiltGoTool>> {
    return buildGoTool({ tool: TOOL, folder, arch, into: this.path(into) }, run);
  }

  /** Locks a tool as the lock target does. */
  async lock(tool: GoTool, folder: string): Promise<void> {
    const { go, goMod, goSum } = need(await lockGoTool({ tool }, this.run()));
    const lock = JSON.stringify({ lockVersion: 1, version: tool.version, go });
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries({ 'go.mod': goMod, 'go.sum': goSum, 'lock.json': lock }))
      await writeFile(join(folder, name), text);
  }

  fetch(run: GoRun, folder = this.folder, timeoutSeconds = 60): Promise<Result<void>> {
    return fetchGoModules({ tool: TOOL, folder, arches: [HOST], timeoutSeconds }, run);
  }

  /** A copy of the tool's folder with one file changed. */
  async changedFolder(name: string, file: string, change: (text: string) => string): Promise<string> {
    const copy = this.path(name);
    await cp(this.folder, copy, { recursive: true });
    await writeFile(join(copy, file), change(await readFile(join(copy, file), 'utf8')));
    return copy;
  }
}

export function need<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failures, undefined, 1));
  return result.value;
}

export async function failureOf(promise: Promise<Result<unknown>>): Promise<Failure | undefined> {
  const result = await promise;
  return result.ok ? undefined : result.failures[0];
}

export async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
