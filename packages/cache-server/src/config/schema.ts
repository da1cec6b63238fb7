import * as z from 'zod';
import { bytesOf } from '@image-tooling/model';

const SIZE = /^([0-9]+(?:\.[0-9]+)?) ?(KB|MB|GB)$/;

function text(pattern: RegExp, expected: string, description: string) {
  return z.string().regex(pattern, { error: expected }).meta({ description });
}

function size(description: string) {
  return text(SIZE, 'a size with its unit: KB, MB or GB ("400MB")', description).transform(
    (value) => bytesOf(value) ?? 0,
  );
}

const DAY_MS = 86_400_000;

function days(description: string) {
  return text(/^[1-9][0-9]{0,3}d$/, 'a number of days ("14d")', description).transform(
    (value) => Number(value.slice(0, -1)) * DAY_MS,
  );
}

/** Ids that a forge never gives to another repository; texts, since its tokens have them as texts. */
function id(description: string) {
  return text(/^[1-9][0-9]{0,19}$/, 'a number, as a text ("1296269")', description);
}

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const NAME_EXPECTED = 'lower-case letters, digits and dashes, at most 63';

function names(description: string) {
  return z.array(z.string().min(1)).meta({ description });
}

const branches = names(
  'Protected branches whose jobs write the trusted entries. Default: all protected ones.',
).optional();
const releaseEnvironments = names(
  'Environments of release jobs, which read trusted entries and write nothing. Default: none.',
).default([]);

const github = z.strictObject({
  repositoryId: id('The id of the repository ("gh api repos/OWNER/NAME --jq .id").'),
  branches,
  events: names('Events whose jobs write the trusted entries. Default: push, schedule.').default([
    'push',
    'schedule',
  ]),
  workflows: names(
    'Paths of the workflows whose jobs write the trusted entries (".github/workflows/build.yml"). Default: all.',
  ).optional(),
  releaseEnvironments,
});

const gitlab = z.strictObject({
  projectId: id('The id of the project, on its page.'),
  branches,
  sources: names(
    'Sources of pipelines whose jobs write the trusted entries. Default: push, schedule.',
  ).default(['push', 'schedule']),
  releaseEnvironments,
});

const project = z
  .strictObject({ github: github.optional(), gitlab: gitlab.optional() })
  .meta({ description: 'A repository, and who writes its entries.' });

function url(description: string) {
  return z
    .string()
    .regex(/^https?:\/\/[^\s?#]+$/, { error: 'an https:// address' })
    .meta({ description });
}

function issuer(issuerUrl: string, keysPath: string) {
  return z
    .strictObject({
      issuer: url('The issuer, exactly as its tokens name it.').default(issuerUrl),
      keysUrl: url('Where its public keys are. Default: below the issuer.').optional(),
    })
    .prefault({})
    .transform((given) => ({ issuer: given.issuer, keysUrl: given.keysUrl ?? `${given.issuer}${keysPath}` }));
}

const limits = z
  .strictObject({
    entry: size('The largest entry. Default: 2GB.').prefault('2GB'),
    trusted: size('All trusted entries of a project. Default: 100GB.').prefault('100GB'),
    own: size('All entries of one branch, pull request or named namespace. Default: 5GB.').prefault('5GB'),
    total: size('All entries. Default: 500GB.').prefault('500GB'),
  })
  .prefault({});

const keep = z
  .strictObject({
    trusted: days('How long trusted entries are kept. Default: 30d.').prefault('30d'),
    own: days('How long other entries are kept. Default: 7d.').prefault('7d'),
  })
  .prefault({});

/** The content of cache-server.json. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  listen: text(
    /^[^\s/]+:[0-9]{1,5}$/,
    'an address and a port ("127.0.0.1:8080")',
    'Where to listen.',
  ).default('127.0.0.1:8080'),
  storage: text(
    /^(file:\/\/\/|s3:\/\/)./,
    'the URL of a store ("file:///folder", "s3://bucket/prefix")',
    'Where entries are kept.',
  ),
  temporary: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Folder for entries that are being received.' }),
  audience: z.string().min(1).optional().meta({
    description: 'The audience that tokens of GitHub and GitLab must name: the URL of this server.',
  }),
  github: issuer('https://token.actions.githubusercontent.com', '/.well-known/jwks'),
  gitlab: issuer('https://gitlab.com', '/oauth/discovery/keys'),
  projects: z.record(text(NAME, NAME_EXPECTED, 'Name of a project.'), project),
  tokens: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'The file with static tokens, from this file’s folder.' }),
  limits,
  keep,
  stopSeconds: z.number().min(1).max(600).default(20).meta({
    description: 'How long running requests may take after SIGTERM. Default: 20.',
  }),
});

export type Config = z.output<typeof configSchema>;
export type GithubProject = z.output<typeof github>;
export type GitlabProject = z.output<typeof gitlab>;

const staticToken = z.strictObject({
  name: text(NAME, NAME_EXPECTED, 'The owner of the token: kept with what it writes.'),
  sha256: text(/^[0-9a-f]{64}$/, 'the sha256 of the token, 64 hexadecimal digits', 'The hash of the token.'),
  project: z.string(),
  namespace: text(
    NAME,
    NAME_EXPECTED,
    '"trusted", or a name: those read it first, then the trusted entries. With role "read" it may be left out.',
  ).optional(),
  role: z.enum(['read', 'write']),
});

/** The content of the file with static tokens. */
export const tokensSchema = z.strictObject({ tokens: z.array(staticToken) });

export type StaticToken = z.output<typeof staticToken>;
