import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ReleaseFormat, Result } from '@image-tooling/model';
import { takeFromArchive, type TakenFiles, type TakeRequest } from '@image-tooling/sources';
import type { VendorEntry, VendorZipEntry } from '@image-tooling/testkit';

export const PROGRAM = '#!/bin/sh\necho tool 1.0.0\n';
export const TOOL: VendorEntry = { name: 'tool', content: PROGRAM, mode: 0o755 };
export const ZIP_TOOL: VendorZipEntry = { name: 'tool', content: PROGRAM, mode: 0o100755 };

/** Made by xz itself: a tar with the program, and a million zeros. */
export const XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AHFdADob7NgA3P0Uib6CCRarmLIzX4+4Gk3ptVrlCMa7dCrXSDbNBQ0r5w3KB1Np' +
    'DPncCOclkkFYrvcJ0HWNTXLtAdR7tpMtWbS87RncJao4p7mEU7DzOVKnuaP/k3pCCXuQGCy55rFrhfq3hRU7b8v0swAAAAAAANQ8' +
    'fxNYXo+DAAGNAYBQAADgYv7dscRn+wIAAAAABFla',
  'base64',
);
export const XZ_ZEROS = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM70I/ANFdAABv/f//o7f/Rz5IFXI5YVG4kijmo4YH+e7kHoLTL8U6PAFLsX7JiopNL6MN' +
    '2X+m44wjEVPgWRjFdYrid/i2lH8MasDedElk4ulcU7IE2PdEDKtfDW1G6eXDdoi3llestk3haR1v+0uIEGxCy4g/XACP0E6vJiiU' +
    'cR89jyThcJ6nI1/sKMuF0ZWYin4qkfIndfcZwAaYTZj92K/VkA/EJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJY' +
    'vul2rFnk5VsFCPmTwz82AAAAADKzVZfu0uHjAAHtAcCEPQDV4HauscRn+wIAAAAABFla',
  'base64',
);

/** Packed by the host's own program. */
export function packed(program: 'xz' | 'zstd', content: Buffer, ...options: string[]): Buffer {
  return execFileSync(program, ['-c', '-q', ...options], { input: content, maxBuffer: 2 ** 26 });
}

/** Takes files out of an archive as a build does; by default a program that is called `tool`. */
export async function take(
  format: ReleaseFormat,
  bytes: Buffer,
  changes: Partial<TakeRequest> = {},
): Promise<Result<TakenFiles>> {
  const folder = await mkdtemp(join(tmpdir(), 'vendor-archive-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const name = `tool_1.0.0_amd64.${format}`;
  const file = join(folder, name);
  await writeFile(file, bytes);
  return takeFromArchive({
    name,
    archive: { file },
    format,
    files: { tool: 'bin/tool' },
    into: join(folder, 'into'),
    signal: new AbortController().signal,
    ...changes,
  });
}

/** One line for each extracted file: its path, with its mode or target, and the start of its content. */
export async function shown(result: Result<TakenFiles>): Promise<string> {
  if (!result.ok)
    return result.failures
      .map(({ code, message, details = [] }) => [`[${code}] ${message}`, ...details].join('\n'))
      .join('\n');
  const { files, terms } = result.value;
  const lines = files.map(async (taken) => {
    if (taken.kind === 'directory') return `${taken.to}/`;
    if (taken.kind === 'link') return `${taken.to} -> ${taken.target}`;
    return `${taken.to} ${taken.executable ? '0755' : '0644'} ${JSON.stringify(await textOf(taken.content))}`;
  });
  const licences = terms.map(async ({ path, content }) => `licence ${path} ${await textOf(content)}`);
  return (await Promise.all([...lines, ...licences])).join('\n');
}

async function textOf(content: { readonly file: string; readonly offset: number; readonly length: number }) {
  const bytes = await readFile(content.file);
  return bytes
    .subarray(content.offset, content.offset + content.length)
    .toString('utf8')
    .slice(0, 30);
}
