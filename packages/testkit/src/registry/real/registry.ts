import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configText, usersLine, type UserPassword } from './config';
import { killProgram, startProgram, type RunningProgram } from './program';

export interface RealRegistryOptions {
  /** Basic authorisation with this one user. Default: no authorisation. */
  readonly auth?: UserPassword;
  /** Answers a push with 405. Default false. */
  readonly readOnly?: boolean;
  /** Default true; false: answers a DELETE with 405. */
  readonly deletes?: boolean;
  /** Folder of blobs and repositories, kept by `stop`. Default: one of its own. */
  readonly storage?: string;
  /** Default: any that is free. */
  readonly port?: number;
}

/**
 * Starts Debian's docker-registry (distribution 2.8) on 127.0.0.1. Throws with its log if it does not start.
 */
export async function startRegistry(options: RealRegistryOptions = {}): Promise<RealRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  const registry = new RealRegistry(folder, options);
  try {
    await registry.start();
  } catch (error) {
    await registry.stop();
    throw error;
  }
  return registry;
}

/** A real registry process, its storage and its log. */
export class RealRegistry {
  readonly storage: string;
  private running: RunningProgram | undefined;
  private port: number;

  constructor(
    /** Folder of the configuration, the log and, by default, the storage. */
    readonly folder: string,
    private options: RealRegistryOptions,
  ) {
    this.storage = options.storage ?? join(folder, 'storage');
    this.port = options.port ?? 0;
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  async start(): Promise<void> {
    const { auth, readOnly = false, deletes = true } = this.options;
    const usersFile = auth && join(this.folder, 'users');
    if (auth && usersFile !== undefined) await writeFile(usersFile, usersLine(auth));
    await mkdir(this.storage, { recursive: true });
    const config = join(this.folder, 'config.yml');
    const { storage, port } = this;
    await writeFile(
      config,
      configText({ storage, port, readOnly, deletes, ...(usersFile && { usersFile }) }),
    );
    this.running = await startProgram(config, this.logFile);
    this.port = this.running.port;
  }

  /** Kills it as a crash would (SIGKILL): its connections are cut. */
  async kill(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    if (running) await killProgram(running);
  }

  /** Kills it if it runs and starts it on the same port and storage, with `changed` options. */
  async restart(changed: Omit<RealRegistryOptions, 'storage' | 'port'> = {}): Promise<void> {
    await this.kill();
    this.options = { ...this.options, ...changed };
    await this.start();
  }

  /** Kills it and removes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * Returns the file that holds a blob's (or a manifest's) bytes, to alter it on disk; whether it is there or
   * not.
   */
  blobFile(digest: string): string {
    const [algorithm = '', hex = ''] = digest.split(':');
    return join(this.storage, 'docker/registry/v2/blobs', algorithm, hex.slice(0, 2), hex, 'data');
  }

  /** Deletes a tag on disk: the API of docker-registry 2.8 deletes manifests only. */
  async deleteTag(repository: string, tag: string): Promise<void> {
    const tags = join(this.storage, 'docker/registry/v2/repositories', repository, '_manifests/tags');
    await rm(join(tags, tag), { recursive: true });
  }

  /** Digests of all blobs in the storage, manifests among them, sorted. */
  async blobs(): Promise<string[]> {
    return (await this.files()).flatMap((file) => {
      const hex = /\/blobs\/sha256\/..\/([0-9a-f]{64})\/data$/.exec(file)?.[1];
      return hex === undefined ? [] : [`sha256:${hex}`];
    });
  }

  /** Paths of all files of the storage, absolute and sorted. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.storage, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  }

  /** Bytes of all files of the storage. */
  async bytes(): Promise<number> {
    const sizes = await Promise.all((await this.files()).map(async (file) => (await stat(file)).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** What it has written to its log so far. */
  log(): Promise<string> {
    return readFile(this.logFile, 'utf8');
  }

  private get logFile(): string {
    return join(this.folder, 'log');
  }
}
