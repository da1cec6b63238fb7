import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startNpmRegistry, type NpmRegistry } from './npm-registry';

interface End {
  readonly exitCode: number;
  readonly output: string;
}

/**
 * A place elsewhere on disk where npm takes the packages of our scope from a registry of the test's, and all
 * others as the host has it configured. Nx, npm and the store keep everything below it.
 */
export class ElsewhereRig {
  private constructor(
    readonly folder: string,
    private registry: NpmRegistry,
  ) {}

  static async open(): Promise<ElsewhereRig> {
    const folder = await mkdtemp(join(tmpdir(), 'image-tooling-elsewhere-'));
    const rig = new ElsewhereRig(folder, await startNpmRegistry([]));
    await mkdir(join(folder, 'work'));
    return rig;
  }

  /** Publishes these packages to npm's registry; the last ones are the latest. */
  async serve(tarballs: readonly string[]): Promise<void> {
    await this.registry.close();
    this.registry = await startNpmRegistry(tarballs);
    const own = process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc');
    const host = await readFile(own, 'utf8').catch(() => '');
    await writeFile(this.userConfig, `${host}\n@image-tooling:registry=${this.registry.url}\n`);
  }

  /** Runs a program of the path, in a folder below; never rejects. */
  run(line: string, folder = '.', env: Readonly<Record<string, string>> = {}): Promise<End> {
    const [program = '', ...args] = line.split(' ');
    const options = { cwd: join(this.folder, 'work', folder), env: this.env(env), maxBuffer: 1 << 26 };
    return new Promise((done) => {
      execFile(program, args, options, (error, stdout, stderr) =>
        done({ exitCode: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
      );
    });
  }

  /** As `run`, and it must succeed; says how long it took. */
  async must(line: string, folder?: string): Promise<string> {
    const start = performance.now();
    const { exitCode, output } = await this.run(line, folder);
    console.log(`${line}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
    if (exitCode !== 0) throw new Error(`${line} ended with exit code ${exitCode}:\n${output}`);
    return output;
  }

  async read(path: string): Promise<string> {
    return readFile(join(this.folder, 'work', path), 'utf8');
  }

  async write(path: string, content: string | object): Promise<void> {
    const file = join(this.folder, 'work', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }

  async close(): Promise<void> {
    await this.registry.close();
    // An ordinary user's unpacked systems belong to subordinate ids.
    if (process.getuid?.() !== 0) await this.run(`buildah unshare rm -rf ${join(this.folder, 'store')}`);
    await rm(this.folder, { recursive: true, force: true });
  }

  private get userConfig(): string {
    return join(this.folder, 'npmrc');
  }

  /** Without variables of an outer npm, Nx or vitest. */
  private env(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(NX_|npm_|VITEST|NODE_ENV|INIT_CWD)/.test(name),
    );
    return {
      ...Object.fromEntries(own),
      PATH: `${join(this.folder, 'work/managers/node_modules/.bin')}:${process.env['PATH']}`,
      npm_config_userconfig: this.userConfig,
      npm_config_cache: join(this.folder, 'npm-cache'),
      YARN_CACHE_FOLDER: join(this.folder, 'yarn-cache'),
      IMAGE_STORE: join(this.folder, 'store'),
      IMAGE_ENGINE: process.env['IMAGE_ENGINE'] ?? 'buildah',
      NX_DAEMON: 'false',
      ...extra,
    };
  }
}
