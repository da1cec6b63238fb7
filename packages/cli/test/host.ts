import { EventEmitter } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main, type Host } from '../src';

/** A process for the command line to run in, whose output is kept: a folder, an environment, two streams. */
export class TestHost extends EventEmitter {
  readonly folder = mkdtempSync(join(tmpdir(), 'image-tooling-cli-'));
  readonly output = { stdout: '', stderr: '' };
  readonly env: NodeJS.ProcessEnv = { IMAGE_STORE: join(this.folder, 'store') };
  readonly stdout = stream((text) => {
    this.output.stdout += text;
    this.watchers.forEach((watch) => watch(text));
  });
  readonly stderr = stream((text) => (this.output.stderr += text));

  private readonly watchers: ((text: string) => void)[] = [];

  cwd(): string {
    return this.folder;
  }

  exit(code: number): never {
    throw new Error(`exit ${code}`);
  }

  write(file: string, content: unknown): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }

  /** Writes a shell script. */
  script(file: string, script: string): void {
    this.write(file, `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.folder, file), 0o755);
  }

  /** Puts a program first on the PATH of the programs that are run. */
  program(name: string, script: string): void {
    this.script(`bin/${name}`, script);
    this.env['PATH'] = `${join(this.folder, 'bin')}:${process.env['PATH']}`;
  }

  /** Calls `then` once, at the first output on stdout that matches. */
  onOutput(pattern: RegExp, then: () => void): void {
    let isOver = false;
    this.watchers.push((text) => {
      if (isOver || !pattern.test(text)) return;
      isOver = true;
      then();
    });
  }

  /** Runs a command line; returns its exit code and output, with the folder's name masked. */
  async run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const exitCode = await main(args, this as unknown as Host, '1.2.3');
    const { stdout, stderr } = this.output;
    return { exitCode, stdout: this.masked(stdout), stderr: this.masked(stderr) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private masked(text: string): string {
    return text.replaceAll(this.folder, '<workspace>');
  }
}

/** Imitates a terminal or a pipe. */
export function stream(write: (text: string) => unknown, { isTTY = false, columns = 80 } = {}) {
  const streams = Object.assign(new EventEmitter(), {
    isTTY,
    columns,
    write: (text: string) => Boolean(write(text)),
  });
  return streams as unknown as NodeJS.WriteStream;
}
