import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandHost } from '@image-tooling/host';
import { main } from '../src/index';

const VERSIONS = { own: '1.2.3', nx: '23.2.1' };

/**
 * The environment of the command line in tests: an empty folder, with a fake npm, and an engine's name only.
 */
export class TestHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'image-tooling-create-'));
  /** Outside of the folder, which shows what is left behind. */
  private readonly log = `${this.folder}.calls`;
  private readonly signals = new EventEmitter();
  /** Whether standard output is a terminal. */
  isTTY = false;
  private out = '';
  private err = '';

  /** Runs the command line to its end. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const host = {
      cwd: () => this.folder,
      env: { ...process.env, ...this.fakes(), ...env },
      stdout: Object.assign(new EventEmitter(), {
        isTTY: this.isTTY,
        write: (text: string) => (this.out += text),
      }),
      stderr: Object.assign(new EventEmitter(), { write: (text: string) => (this.err += text) }),
      on: (name: string, listener: () => void) => this.signals.on(name, listener),
      off: (name: string, listener: () => void) => this.signals.off(name, listener),
    } as unknown as CommandHost;
    const exitCode = await main(args, VERSIONS, host);
    return { exitCode, stdout: this.hide(this.out), stderr: this.hide(this.err) };
  }

  /** The arguments of npm and nx. */
  calls(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').trimEnd().split('\n') : [];
  }

  /** Presses Ctrl-C as soon as a program was called that way. */
  async stopAt(call: string): Promise<void> {
    while (!this.calls().some((one) => one.startsWith(call))) await sleep(20);
    this.signals.emit('SIGINT');
  }

  /** Whether there are still listeners for Ctrl-C. */
  get listens(): boolean {
    return this.signals.listenerCount('SIGINT') > 0;
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
    rmSync(this.log, { force: true });
  }

  private fakes() {
    return {
      npm_execpath: join(__dirname, 'fake', 'npm-cli.js'),
      FAKE_CALLS: this.log,
      _EXPERIMENTAL_DAGGER_RUNNER_HOST: 'tcp://127.0.0.1:1',
    };
  }

  private hide(text: string): string {
    return text.replaceAll(this.folder, '<here>');
  }
}
