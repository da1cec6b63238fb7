import { STDOUT } from '@image-tooling/host';
import { EXIT_CODES, REBUILD_MODES, verdictLines, type RebuildMode } from '@image-tooling/attest';
import { ok, type Progress, type Result } from '@image-tooling/model';
import {
  httpTimings,
  parsePlace,
  secondPartyPolicy,
  summarySettings,
  trustPolicy,
  verifyImage,
  type Place,
  type VerifyImageRequest,
} from '@image-tooling/pipeline';
import { platformFlag, usage, type Arguments } from '../command/arguments';
import type { Command, CommandRun } from '../command/command';
import { accessOf } from './registry/access';

/** Verifies a published image. Its exit code is the verdict. */
export const verify: Command = {
  flags: [
    ...(['key', 'certificate-identity', 'certificate-oidc-issuer', 'trusted-root'] as const),
    ...(['verifier-key', 'verifier-identity', 'verifier-oidc-issuer', 'attest'] as const),
    ...(['registry', 'rebuild', 'platform', 'plain-http', 'json'] as const),
  ],
  startsOver: true,
  output: ({ flags }) => (flags.json ? STDOUT : undefined),
  async run(run) {
    const request = await requestOf(run);
    if (!request.ok) return request;
    const { json } = run.given.flags;
    const isLong = request.value.rebuild === 'system' || request.value.rebuild === 'all';
    const access = accessOf(run);
    const quiet = { ...access, context: { ...run.context, progress: NO_DISPLAY } };
    const verified = await verifyImage(request.value, json && !isLong ? quiet : access);
    if (!verified.ok) return verified;
    const exitCode = EXIT_CODES[verified.value.verdict];
    if (!json) return ok({ lines: verdictLines(verified.value), found: [], exitCode });
    run.stdout.write(`${JSON.stringify(verified.value, undefined, 2)}\n`);
    return ok({ lines: [], found: [], exitCode });
  },
};

async function requestOf({ given, cwd, env }: CommandRun): Promise<Result<VerifyImageRequest>> {
  const { flags } = given;
  const timings = httpTimings(env);
  if (!timings.ok) return timings;
  const place = placeIn(given, cwd);
  if (!place.ok) return place;
  const rebuild = rebuildFlag(flags.rebuild);
  if (!rebuild.ok) return rebuild;
  const platform = flags.platform === undefined ? ok(undefined) : platformFlag(given);
  if (!platform.ok) return platform;
  const trusted = await trustedParties(given, cwd);
  if (!trusted.ok) return trusted;
  const attest = flags.attest ? await summarySettings(cwd, env) : ok(undefined);
  if (!attest.ok) return attest;
  return ok({
    place: place.value,
    ...trusted.value,
    platform: platform.value,
    rebuild: rebuild.value,
    cwd,
    attest: attest.value,
  });
}

async function trustedParties(
  { flags }: Arguments,
  cwd: string,
): Promise<Result<Pick<VerifyImageRequest, 'policy' | 'secondParty'>>> {
  const identity = flags['certificate-identity'];
  const issuer = flags['certificate-oidc-issuer'];
  const trustedRoot = flags['trusted-root'];
  const second = {
    key: flags['verifier-key'],
    identity: flags['verifier-identity'],
    issuer: flags['verifier-oidc-issuer'],
    trustedRoot,
  };
  const secondParty = await secondPartyPolicy(second, cwd);
  if (!secondParty.ok) return secondParty;
  // The trusted root may be that of the second party alone.
  const isOfSecond = flags.key !== undefined && second.identity !== undefined;
  const policy = await trustPolicy(
    { key: flags.key, identity, issuer, trustedRoot: isOfSecond ? undefined : trustedRoot },
    cwd,
  );
  return policy.ok ? ok({ policy: policy.value, secondParty: secondParty.value }) : policy;
}

const ignore = (): void => undefined;
/** A short run says nothing next to its JSON. */
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

function rebuildFlag(asked: string | undefined): Result<RebuildMode | undefined> {
  const mode = REBUILD_MODES.find((one) => one === asked);
  if (asked === undefined || mode !== undefined) return ok(mode);
  return usage(`--rebuild is "${asked}".`, `Write --rebuild=${REBUILD_MODES.join(' or --rebuild=')}.`);
}
