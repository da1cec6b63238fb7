import { EXIT_CODES, verdictLines } from '@image-tooling/attest';
import { ok, type Progress, type Result } from '@image-tooling/model';
import { httpTimings, parsePlace, trustPolicy, verifyImage, type Place } from '@image-tooling/pipeline';
import { platformFlag, usage, type Arguments } from '../command/arguments';
import type { Command } from '../command/command';
import { accessOf } from './registry/access';

/** Verifies a published image. Its exit code is the verdict. */
export const verify: Command = {
  flags: [
    ...(['key', 'certificate-identity', 'certificate-oidc-issuer', 'trusted-root'] as const),
    ...(['registry', 'rebuild', 'platform', 'plain-http', 'json'] as const),
  ],
  async run(run) {
    const { given, cwd, env } = run;
    const { flags } = given;
    const timings = httpTimings(env);
    if (!timings.ok) return timings;
    const place = placeIn(given, cwd);
    if (!place.ok) return place;
    const recombine = rebuildFlag(flags.rebuild);
    if (!recombine.ok) return recombine;
    const platform = flags.platform === undefined ? ok(undefined) : platformFlag(given);
    if (!platform.ok) return platform;
    const policy = await trustPolicy(
      {
        key: flags.key,
        identity: flags['certificate-identity'],
        issuer: flags['certificate-oidc-issuer'],
        trustedRoot: flags['trusted-root'],
      },
      cwd,
    );
    if (!policy.ok) return policy;
    const verified = await verifyImage(
      { place: place.value, policy: policy.value, platform: platform.value, recombine: recombine.value },
      flags.json ? { ...accessOf(run), context: { ...run.context, progress: NO_DISPLAY } } : accessOf(run),
    );
    if (!verified.ok) return verified;
    const lines = flags.json ? [JSON.stringify(verified.value, undefined, 2)] : verdictLines(verified.value);
    return ok({ lines, found: [], exitCode: EXIT_CODES[verified.value.verdict] });
  },
};

const ignore = (): void => undefined;
/** Standard output belongs to the JSON. */
const NO_DISPLAY: Progress = {
  note: ignore,
  step: () => ({ status: ignore, output: ignore, done: ignore, failed: ignore }),
};

function placeIn({ positional, flags }: Arguments, cwd: string): Result<Place> {
  const [text, ...more] = positional;
  if (text === undefined || more.length > 0)
    return usage(
      `"verify" takes one image; got ${positional.length}.`,
      'Write: image-tooling verify registry.example/team/name:1.2.3 --key signing.key.pub',
    );
  const place = parsePlace(text, cwd);
  if (!place.ok || flags.registry === undefined || place.value.kind === 'folder') return place;
  const withoutHost = text.slice(text.indexOf('/') + 1);
  return parsePlace(`${flags.registry.replace(/\/+$/, '')}/${withoutHost}`, cwd);
}

function rebuildFlag(asked: string | undefined): Result<boolean> {
  if (asked === undefined || asked === 'recombine') return ok(asked !== undefined);
  return usage(`--rebuild is "${asked}".`, 'Write --rebuild=recombine.');
}
