import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workspace } from './workspace';

const COMMAND = resolve(__dirname, '../../cli/bin/image-tooling.cjs');
const CTRL_C = '\u0003';

/** Nx in a terminal of its own (script(1)), with the real `image-tooling` and an `npm` of the test's. */
export class NxTerminal {
  constructor(private readonly workspace: Workspace) {
    const program = join(workspace.root, 'node_modules/.bin/image-tooling');
    for (const folder of ['images', 'tools']) rmSync(join(workspace.root, folder), { recursive: true });
    rmSync(program);
    symlinkSync(COMMAND, program);
  }

  /** Nx puts the folder of the programs of packages first on the path. */
  npm(script: string): void {
    const file = join(this.workspace.root, 'node_modules/.bin/npm');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Has `image-tooling` write its errors to a file: on a busy machine Nx loses the last lines of a task that it stops. */
  errorsTo(file: string): void {
    const program = join(this.workspace.root, 'node_modules/.bin/image-tooling');
    rmSync(program);
    writeFileSync(
      program,
      `#!/bin/sh\nexec ${process.execPath} ${COMMAND} "$@" 2>${this.workspace.root}/${file}\n`,
    );
    chmodSync(program, 0o755);
  }

  /** What is in a file, once there is something. */
  async content(file: string): Promise<string> {
    const path = join(this.workspace.root, file);
    for (;;) {
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      if (text !== '') return text;
      await sleep(20);
    }
  }

  /** Runs nx to its end. Returns all that it drew. */
  nx(args: string, env: Readonly<Record<string, string>>): Promise<string> {
    return this.start(args, env).ended;
  }

  /** Runs nx, and presses Ctrl-C as soon as there is a file. */
  async nxUntil(file: string, args: string, env: Readonly<Record<string, string>>): Promise<string> {
    const { child, ended } = this.start(args, env);
    while (!existsSync(join(this.workspace.root, file)) && child.exitCode === null) await sleep(20);
    child.stdin.write(CTRL_C);
    return ended;
  }

  private start(args: string, env: Readonly<Record<string, string>>) {
    const line = `stty cols 80 rows 24; exec node node_modules/nx/dist/bin/nx.js ${args}`;
    const child = spawn('script', ['--quiet', '--flush', '--command', line, '/dev/null'], {
      cwd: this.workspace.root,
      env: this.env(env),
    });
    let drawn = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (drawn += text));
    const ended = new Promise<string>((done, failed) =>
      child.on('error', failed).on('close', () => done(drawn)),
    );
    return { child, ended };
  }

  /** What Nx recorded of the tasks' output since the last time this was asked. */
  recorded(): string {
    const folder = join(this.workspace.root, '.nx/cache/terminalOutputs');
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    rmSync(folder, { recursive: true });
    return text.join('\n');
  }

  private env(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !/^(NX_|VITEST|NODE_ENV|CI$)/.test(name));
    return {
      ...Object.fromEntries(own),
      TERM: 'xterm-256color',
      IMAGE_STORE: join(this.workspace.root, 'store'),
      NX_DAEMON: 'false',
      NX_ISOLATE_PLUGINS: 'false',
      NX_CACHE_DIRECTORY: join(this.workspace.root, '.nx/cache'),
      ...extra,
    };
  }
}
