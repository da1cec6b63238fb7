import { ok, type Result } from '@image-tooling/model';
import { digestOf, newestVersion, withRepository } from '../registry';
import { say, wordsOf, type Call } from '../command-line/call';
import { openPin, writePin } from './lock';
import { pullImage } from './pull';

/** Pins the newest version in toolbox.json, or the given one, by digest if it was so before, and gets it. */
export async function updateCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 0, 1, 'toolbox update, or toolbox update 1.2.3');
  if (!words.ok) return words;
  const pin = await openPin(call, undefined);
  if (!pin.ok) return pin;
  const { image, settings, version: before } = pin.value;
  const [given] = words.value;
  const found = await withRepository(call, image, async (repository) => {
    const version = given === undefined ? await newestVersion(repository, image) : ok(given);
    if (!version.ok) return version;
    const digest = await digestOf(repository, image, version.value);
    return digest.ok ? ok({ version: version.value, digest: digest.value }) : digest;
  });
  if (!found.ok) return found;
  const { version, digest } = found.value;
  if (given === undefined && version === before && settings.digest === digest)
    say(call, `${image}:${version} is the newest version.`);
  const written = await writePin(call, { ...pin.value, version }, settings.digest && digest);
  return written.ok ? pullImage(call) : written;
}
