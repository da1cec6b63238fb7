import { join } from 'node:path';
import { fail, ok, type Result } from '@image-tooling/model';
import { parseReference, repositoryText } from '@image-tooling/oci/registry-reference';
import { digestOf, withRepository } from '../registry';
import {
  findSettingsFile,
  readSettingsFile,
  SETTINGS_FILE,
  writeSettingsFile,
  type SettingsFile,
} from '../local/settings-file';
import { say, wordsOf, type Call } from '../command-line/call';

const USAGE = 'toolbox lock ghcr.io/acme/tooling-k8s:1.2.3';

/** Writes the digest of the image's version into toolbox.json. */
export async function lockCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 0, 1, USAGE);
  if (!words.ok) return words;
  const pin = await openPin(call, words.value[0]);
  if (!pin.ok) return pin;
  const { image, version } = pin.value;
  const digest = await withRepository(call, image, async (repository) =>
    digestOf(repository, image, version),
  );
  return digest.ok ? writePin(call, pin.value, digest.value) : digest;
}

/** A toolbox.json, and the image in it or in its place. */
export interface Pin {
  readonly path: string;
  readonly settings: SettingsFile;
  readonly image: string;
  readonly version: string;
}

/** Reads the toolbox.json that applies, or the one that is to be made here for the given image. */
export async function openPin({ host }: Call, given: string | undefined): Promise<Result<Pin>> {
  const path = (await findSettingsFile(host.cwd())) ?? join(host.cwd(), SETTINGS_FILE);
  const read = await readSettingsFile(path);
  if (!read.ok) return read;
  const wanted = given === undefined ? ok<NamedVersion>({}) : readNamedVersion(given);
  if (!wanted.ok) return wanted;
  const { image = read.value.image, version = read.value.version ?? 'latest' } = wanted.value;
  if (image === undefined)
    return fail({ code: 'usage', message: `${path} names no image.`, hint: `Write: ${USAGE}` });
  return ok({ path, settings: read.value, image, version });
}

/** Writes image, version and digest; other keys stay. */
export async function writePin(call: Call, pin: Pin, digest: string | undefined): Promise<Result<number>> {
  const { path, settings, image, version } = pin;
  const { digest: _, ...rest } = settings;
  const written = await writeSettingsFile(path, {
    ...rest,
    image,
    version,
    ...(digest !== undefined && { digest }),
  });
  if (!written.ok) return written;
  say(call, `${path}: ${image}:${version}${digest === undefined ? '' : ` is ${digest}`}`);
  return ok(0);
}

interface NamedVersion {
  readonly image?: string;
  readonly version?: string;
}

function readNamedVersion(text: string): Result<NamedVersion> {
  const parsed = parseReference(text);
  if (!parsed.ok) return parsed;
  const { repository, tag, digest } = parsed.value;
  if (digest !== undefined)
    return fail({
      code: 'usage',
      message: `${text} has a digest already.`,
      hint: `Give a version: ${USAGE}`,
    });
  return ok({ image: repositoryText(repository), ...(tag !== undefined && { version: tag }) });
}
