import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SigningSettings } from '@image-tooling/attest';
import { fail, ok, type Result, type SigningOptions } from '@image-tooling/model';
import { verifierId } from '../attest/builder';
import { KEY_VARIABLE, signingSettings } from '../attest/settings';
import { loadOptions } from '../workspace/load';

/** The party that signs verification summaries. */
export interface SummarySettings {
  /** URI of the party that verifies. */
  readonly verifier: string;
  readonly signing: SigningSettings;
}

/**
 * Returns the party that signs verification summaries: what "signing" of the current folder's nx.json says, if it has one, else the
 * key in IMAGE_SIGNING_KEY. Fails with `usage` if there is neither, and as reading these does.
 */
export async function summarySettings(cwd: string, env: NodeJS.ProcessEnv): Promise<Result<SummarySettings>> {
  const stated = await signingHere(cwd);
  if (!stated.ok) return stated;
  const hasKey = (env[KEY_VARIABLE]?.trim() ?? '') !== '';
  const options = { signing: stated.value ?? (hasKey ? {} : undefined) };
  const signing = await signingSettings({ root: cwd, env, options });
  if (!signing.ok) return signing;
  if (!signing.value)
    return fail({
      code: 'usage',
      message: '--attest signs what was verified, and there is no key to sign with.',
      hint: `Set ${KEY_VARIABLE} to a private key (PEM, or its path; "image-tooling keygen" makes one), or "signing" in nx.json.`,
    });
  return ok({ verifier: verifierId(stated.value?.builder, env), signing: signing.value });
}

async function signingHere(cwd: string): Promise<Result<SigningOptions | undefined>> {
  if (!existsSync(join(cwd, 'nx.json'))) return ok(undefined);
  const options = await loadOptions(cwd);
  return options.ok ? ok(options.value.signing) : options;
}
