import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, platformOfNode, type Platform, type Result } from '@image-tooling/model';

const BINFMT = '/proc/sys/fs/binfmt_misc';
/** e_machine of an ELF header, little-endian at offset 18 (ELF specification, "ELF Header"). */
const MACHINE: Readonly<Record<Platform, string>> = { 'linux/amd64': '3e00', 'linux/arm64': 'b700' };

/**
 * Succeeds if this machine runs the platform's programs, natively or through binfmt. Else fails with
 * `platform`.
 */
export async function checkPlatform(platform: Platform, binfmt = BINFMT): Promise<Result<void>> {
  if (platformOfNode(process.arch) === platform) return ok(undefined);
  const texts = await registered(binfmt);
  if (texts.some((text) => handles(text, MACHINE[platform]))) return ok(undefined);
  return fail({
    code: 'platform',
    message: `This machine can't run programs of ${platform}: no emulator is registered for them.`,
    hint: 'Run ./bootstrap --all-platforms, which installs and registers one.',
    details: [`looked in ${binfmt} for an enabled entry with the flag F`],
  });
}

async function registered(binfmt: string): Promise<string[]> {
  const names = await readdir(binfmt).catch(() => []);
  const entries = names.filter((name) => name !== 'register' && name !== 'status');
  return Promise.all(entries.map((name) => readFile(join(binfmt, name), 'utf8').catch(() => '')));
}

/** Only with the flag F, containers find the emulator (Linux, admin-guide/binfmt-misc.rst). */
function handles(entry: string, machine: string): boolean {
  const magic = /^magic ([0-9a-f]+)$/m.exec(entry)?.[1] ?? '';
  const flags = /^flags: (\w*)$/m.exec(entry)?.[1] ?? '';
  return entry.startsWith('enabled') && flags.includes('F') && magic.slice(36, 40) === machine;
}
