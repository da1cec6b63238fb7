import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { generateKeyPair, PASSPHRASE_VARIABLE } from '@image-tooling/attest';
import { writeFileAtomic } from '@image-tooling/host';
import { fail, type Result } from '@image-tooling/model';
import { noNames } from '../command/arguments';
import { said, type Command, type Ending } from '../command/command';

/** Makes a key to sign with. */
export const keygen: Command = {
  flags: ['file'],
  async run({ given, cwd, env }) {
    const none = noNames(given);
    if (!none.ok) return none;
    const name = given.flags.file ?? 'signing.key';
    const file = isAbsolute(name) ? name : join(cwd, name);
    const taken = [file, `${file}.pub`].find((one) => existsSync(one));
    return taken === undefined ? writeKeys(file, env[PASSPHRASE_VARIABLE]) : alreadyThere(taken);
  },
};

/** Of the private key: only its owner may read it. */
const PRIVATE_MODE = 0o600;

async function writeKeys(file: string, passphrase: string | undefined): Promise<Result<Ending>> {
  const { privateKey, publicKey } = generateKeyPair(passphrase);
  const kept = await writeFileAtomic(file, privateKey, PRIVATE_MODE);
  const published = kept.ok ? await writeFileAtomic(`${file}.pub`, publicKey) : kept;
  if (!published.ok) return published;
  const encrypted =
    passphrase === undefined ? `not encrypted: ${PASSPHRASE_VARIABLE} is not set` : 'encrypted';
  return said([
    `${file}      private key, ${encrypted}. Never commit it.`,
    `${file}.pub  public key. Commit it, and give it to users of your images.`,
    'Sign with it: "signing": { "key": "<file>" } in the options of @image-tooling/nx in nx.json.',
  ]);
}

function alreadyThere(file: string): Result<never> {
  return fail({
    code: 'usage',
    message: `${file} is already there; a key is never overwritten.`,
    hint: 'Write another one: image-tooling keygen --file other.key',
  });
}
