import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderOf, writeAs } from '../behaviour';
import type { Check } from '../each-engine';
import type { RealEngine } from '../real-engines';
import { aliasOf, outputOf, toolboxOf } from './caller';

const ACCOUNT = '123456789012';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'of+a/test' };

/** Calls of aws in an image; `at` gives the URL of the service. */
export function checkAws(check: Check, image: (engine: RealEngine) => string, at: () => string): void {
  check(
    'aws takes its service and credentials from the environment, and files of the folder',
    async (engine) => {
      const env = { ...KEYS, AWS_ENDPOINT_URL: at(), AWS_DEFAULT_REGION: 'eu-central-1' };
      const place = { env, cwd: folderOf(engine, 'project') };
      const bucket = `s3://bucket-${engine.name.replace(' ', '-')}`;
      const toolbox = toolboxOf(engine, image(engine));
      writeAs(engine, 'project/Bericht ü.txt', 'content\n');
      outputOf(toolbox(['aws', 's3', 'mb', bucket], place));
      outputOf(toolbox(['aws', 's3', 'cp', 'Bericht ü.txt', `${bucket}/a/Bericht ü.txt`], place));
      const aws = await aliasOf(engine, image(engine), 'aws');
      expect(outputOf(aws(['s3', 'ls', '--recursive', bucket], place))).toMatch(/ 8 a\/Bericht ü\.txt\n$/);
      outputOf(aws(['s3', 'cp', `${bucket}/a/Bericht ü.txt`, 'copy.txt'], place));
      const copy = join(place.cwd, 'copy.txt');
      expect([readFileSync(copy, 'utf8'), statSync(copy).uid]).toEqual(['content\n', engine.uid]);
      expect(identityOf(outputOf(aws(['sts', 'get-caller-identity'], place))).Account).toBe(ACCOUNT);
    },
  );

  check('aws takes on the role of a profile of ~/.aws, and keeps its token there', (engine) => {
    const settings = `region = eu-central-1\nendpoint_url = ${at()}\n`;
    const role = `role_arn = arn:aws:iam::${ACCOUNT}:role/deployer\nsource_profile = me\n`;
    writeAs(engine, '.aws/config', `[profile me]\n${settings}[profile deployer]\n${settings}${role}`);
    const [id, secret] = Object.values(KEYS);
    writeAs(
      engine,
      '.aws/credentials',
      `[me]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
    );
    const toolbox = toolboxOf(engine, image(engine));
    for (const keep of [[], ['--keep=60'], []]) {
      const words = [...keep, 'aws', 'sts', 'get-caller-identity'];
      const asked = outputOf(toolbox(words, { env: { AWS_PROFILE: 'deployer' } }));
      expect(identityOf(asked).Arn).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/deployer/`);
    }
    const kept = join(engine.home, '.aws/cli/cache');
    expect(readdirSync(kept).map((file) => statSync(join(kept, file)).uid)).toEqual([engine.uid]);
  });

  check('aws has no credentials without them', (engine) => {
    const env = { ...KEYS, AWS_ENDPOINT_URL: at(), AWS_EC2_METADATA_DISABLED: 'true' };
    const words = ['aws', '--region=eu-central-1', 'sts', 'get-caller-identity'];
    const without = ['--without', 'aws', '-e', 'AWS_ENDPOINT_URL', '-e', 'AWS_EC2_METADATA_DISABLED'];
    const refused = toolboxOf(engine, image(engine))([...without, ...words], { env });
    // As "AWS CLI return codes" has it: the environment or configuration is not valid.
    expect(refused.exitCode).toBe(253);
    expect(refused.stderr).toContain('Unable to locate credentials');
  });
}

function identityOf(text: string): { readonly Account: string; readonly Arn: string } {
  return JSON.parse(text) as { readonly Account: string; readonly Arn: string };
}
