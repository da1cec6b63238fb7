import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, withLock } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { CLI_BIN } from '../environment';
import { sdkFile } from '../sdk';
import type { SessionOptions } from '../session/types';
import { cliVersion } from './cache';

/** Where to download from instead of the vendor's own place: for tests. */
export interface DownloadPlace {
  readonly archive: string;
  readonly checksums: string;
  /** Seconds without a byte after which the download is given up. */
  readonly patience?: number;
}

const PATIENCE_SECONDS = 20;
const LIMIT_SECONDS = 600;

/**
 * The SDK's own download (archive, then its checksums; renamed into place when they agree), in a process of its own:
 * the SDK sets no time limits and leaves sockets open. Gives up when nothing comes for a while.
 */
const PROGRAM = `
const [bin, version, patience, archive, checksums] = process.argv.slice(1);
const { Socket } = require('node:net');
let timer;
const stir = () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    console.error('nothing came for ' + patience + ' s');
    process.exit(1);
  }, patience * 1000);
};
const push = Socket.prototype.push;
Socket.prototype.push = function (...chunk) {
  stir();
  return push.apply(this, chunk);
};
stir();
import(bin)
  .then((sdk) => {
    if (archive) sdk._overrideCLIURL(archive);
    if (checksums) sdk._overrideCLIChecksumsURL(checksums);
    return new sdk.Bin(undefined, version).downloadCLI();
  })
  .then(() => process.exit(0), (error) => {
    console.error(String(error.message));
    process.exit(1);
  });
`;

/** Downloads `dagger` to where `cachedCli` finds it, one process at a time. Fails with `no-engine` or `aborted`. */
export async function downloadCli(
  cached: string,
  { env, storeRoot, signal, progress }: SessionOptions,
  from?: DownloadPlace,
): Promise<Result<void>> {
  const never = new AbortController().signal;
  return withLock(join(storeRoot, 'engine', 'dagger', 'download.lock'), signal ?? never, async () => {
    if (existsSync(cached)) return ok(undefined);
    const version = cliVersion();
    const step = progress?.step(`Dagger: download its program, version ${version}`);
    const patience = String(from?.patience ?? PATIENCE_SECONDS);
    const args = [sdkFile('provisioning/bin.js'), version, patience];
    const places = from ? [from.archive, from.checksums] : [];
    const done = await run({
      argv: [process.execPath, '-e', PROGRAM, ...args, ...places],
      env,
      signal,
      timeoutSeconds: LIMIT_SECONDS,
      graceSeconds: 0,
    });
    if (done.ok && done.value.exitCode === 0) {
      step?.done({ origin: 'fetched' });
      return ok(undefined);
    }
    step?.failed();
    if (signal?.aborted && !done.ok) return done;
    return notDownloaded(version, done.ok ? done.value.stderr : done.failures[0].message);
  });
}

function notDownloaded(version: string, cause: string): Result<void> {
  return fail({
    code: 'no-engine',
    message: `Dagger's program, version ${version}, could not be downloaded.`,
    hint: `Install dagger 0.21 and set ${CLI_BIN} to it, or set IMAGE_ENGINE=buildah.`,
    details: cause.trim().split('\n').slice(-3),
  });
}
