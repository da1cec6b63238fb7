import { existsSync } from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { caughtResult, discard, makeFolder, run, withLock } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { CLI_BIN } from '../environment';
import { sdkFile } from '../sdk';
import type { SessionOptions } from '../session-types';
import { cachedCli, cliVersion } from './cache';
import { openRelay, type DownloadPlace, type Relay } from './relay';

const IDLE_SECONDS = 20;
const LIMIT_SECONDS = 600;

/**
 * The SDK's own download (archive, then its checksums; renamed into place when they agree), in a process of
 * its own: the SDK sets no time limits and leaves sockets open. Fails if it receives no data for some time.
 */
const PROGRAM = `
const [bin, version, idleSeconds, archive, checksums] = process.argv.slice(1);
const { Socket } = require('node:net');
let timer;
const stir = () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    console.error('no data for ' + idleSeconds + ' s');
    process.exit(1);
  }, idleSeconds * 1000);
};
const push = Socket.prototype.push;
Socket.prototype.push = function (...chunk) {
  stir();
  return push.apply(this, chunk);
};
import(bin)
  .then((sdk) => {
    stir();
    sdk._overrideCLIURL(archive);
    sdk._overrideCLIChecksumsURL(checksums);
    return new sdk.Bin(undefined, version).downloadCLI();
  })
  .then(() => process.exit(0), (error) => {
    console.error(String(error.message));
    process.exit(1);
  });
`;

/**
 * Downloads `dagger` to where `cachedCli` finds it, one process at a time. Fails with `no-engine`,
 * `disk-full`, `io` or `aborted`.
 */
export async function downloadCli(
  cached: string,
  options: SessionOptions,
  from?: DownloadPlace,
): Promise<Result<void>> {
  const lock = join(options.storeRoot, 'engine', 'dagger', 'download.lock');
  const signal = options.signal ?? new AbortController().signal;
  return withLock(lock, signal, async () => {
    if (existsSync(cached)) return ok(undefined);
    const step = options.progress?.step(`Dagger: download its program, version ${cliVersion()}`);
    const done = await downloadViaFolder(cached, options, from);
    if (done.ok) step?.done({ origin: 'fetched' });
    else step?.failed();
    return done;
  });
}

/** Downloads to a temporary folder, since the SDK does not remove partial downloads. */
async function downloadViaFolder(
  cached: string,
  { env, signal }: SessionOptions,
  from?: DownloadPlace,
): Promise<Result<void>> {
  const version = cliVersion();
  const args = [sdkFile('provisioning/bin.js'), version, String(from?.idleSeconds ?? IDLE_SECONDS)];
  let folder: string | undefined;
  let relay: Relay | undefined;
  const done = await caughtResult(cached, async () => {
    await makeFolder(dirname(cached));
    folder = await mkdtemp(join(dirname(cached), 'download-'));
    relay = await openRelay(from ?? vendorsPlace(version), env);
    const { archive, checksums } = relay.place;
    const done = await run({
      argv: [process.execPath, '-e', PROGRAM, ...args, archive, checksums],
      env: { ...env, XDG_CACHE_HOME: folder },
      signal,
      timeoutSeconds: LIMIT_SECONDS,
      graceSeconds: 0,
    });
    if (!done.ok)
      return done.failures[0].code === 'aborted' ? done : notDownloaded(version, done.failures[0].message);
    if (done.value.exitCode !== 0) return notDownloaded(version, relay.error() ?? done.value.stderr);
    await rename(cachedCli({ XDG_CACHE_HOME: folder }), cached);
    return ok(undefined);
  });
  await relay?.close();
  if (folder !== undefined) await discard(folder);
  return done;
}

/** As in the SDK's provisioning/bin.js. */
function vendorsPlace(version: string): DownloadPlace {
  const base = `https://dl.dagger.io/dagger/releases/${version}`;
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  return { archive: `${base}/dagger_v${version}_linux_${arch}.tar.gz`, checksums: `${base}/checksums.txt` };
}

function notDownloaded(version: string, cause: string): Result<void> {
  return fail({
    code: 'no-engine',
    message: `Dagger's program, version ${version}, could not be downloaded.`,
    hint: `Install dagger 0.21 and set ${CLI_BIN} to it, or set IMAGE_ENGINE=buildah. For proxies see docs/networks.md.`,
    details: cause.trim().split('\n').slice(-3),
  });
}
