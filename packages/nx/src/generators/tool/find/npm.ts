import { run } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import type { Find, Found, Search } from './types';

/** The answer of `npm view --json` about a version; registries omit many fields. */
interface Metadata {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly homepage?: string;
  readonly license?: string;
  readonly repository?: string | { readonly url?: string };
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const FIELDS = [
  'name',
  'version',
  'description',
  'homepage',
  'license',
  'repository',
  'bin',
  'dependencies',
  'optionalDependencies',
];
const TIMEOUT_SECONDS = 60;

/**
 * Finds an npm package with npm's own client as it is configured. Fails with `package-not-found`, `network`
 * or `command-missing`.
 */
export const findNpm: Find = async (named, search) => {
  const metadata = await view(named, search);
  return metadata.ok ? ok(foundOf(metadata.value, search.options)) : metadata;
};

async function view(name: string, { options, root, env, context }: Search): Promise<Result<Metadata>> {
  const spec = options.toolVersion === undefined ? name : `${name}@${options.toolVersion}`;
  const ended = await run({
    argv: ['npm', 'view', spec, ...FIELDS, '--json', '--loglevel=error'],
    cwd: root,
    env,
    signal: context.signal,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (!ended.ok) return ended;
  const { exitCode, stdout } = ended.value;
  if (exitCode === 0 && stdout.trim() !== '') return ok(lastOf(JSON.parse(stdout) as Metadata | Metadata[]));
  const isAbsent = stdout.trim() === '' || ABSENT.includes(errorCode(stdout));
  return fail({
    code: isAbsent ? 'package-not-found' : 'network',
    message: isAbsent ? `npm has no package "${spec}".` : `npm could not look up "${spec}".`,
    hint: isAbsent ? 'Check its name and version.' : `Run "npm view ${spec}" to see the error.`,
  });
}

/** npm's codes for an unknown package and an unknown version. */
const ABSENT = ['E404', 'ETARGET'];

/** Returns the code in `{ "error": { "code": … } }`, which npm prints with --json (npm 10 and 11). */
function errorCode(stdout: string): string {
  try {
    const answer = JSON.parse(stdout) as { readonly error?: { readonly code?: string } } | null;
    return answer?.error?.code ?? '';
  } catch {
    return '';
  }
}

/** A version range returns several versions. */
function lastOf(metadata: Metadata | Metadata[]): Metadata {
  return Array.isArray(metadata) ? metadata.at(-1)! : metadata;
}

function foundOf(metadata: Metadata, options: Search['options']): Found {
  const { version, description, license } = metadata;
  const page = homepageOf(metadata);
  const { source, questions } = platformPackage(metadata, options) ?? ownFiles(metadata, options);
  return {
    version,
    source,
    questions,
    ...(description !== undefined && { description: description.replace(/\s+/g, ' ').trim() }),
    ...(page !== undefined && { homepage: page }),
    ...(license !== undefined && { license }),
  };
}

/** Returns its home page, else its repository. */
function homepageOf({ homepage, repository }: Metadata): string | undefined {
  const url = typeof repository === 'string' ? repository : repository?.url;
  const addresses = [homepage?.replace(/#readme$/, ''), url?.replace(/^git\+/, '').replace(/\.git$/, '')];
  return addresses.find((address) => address?.startsWith('https://'));
}

type Source = Pick<Found, 'source' | 'questions'>;

/** Prebuilt programs are in one package for each processor, on which the named one depends. */
function platformPackage(
  { optionalDependencies = {} }: Metadata,
  { name, path }: Search['options'],
): Source | undefined {
  const names = Object.keys(optionalDependencies).filter(
    (one) => one.includes('linux') && !one.includes('musl'),
  );
  for (const [amd64, arm64] of [
    ['x64', 'arm64'],
    ['amd64', 'arm64'],
    ['x86_64', 'aarch64'],
  ] as const) {
    const one = names.find(
      (candidate) => names.includes(candidate.replace(amd64, arm64)) && candidate.includes(amd64),
    );
    if (one === undefined) continue;
    const program = path ?? `bin/${name}`;
    return {
      source: {
        package: one.replace(amd64, '{arch}'),
        files: { [program]: `bin/${name}` },
        archNames: { ...(amd64 !== 'amd64' && { amd64 }), ...(arm64 !== 'arm64' && { arm64 }) },
      },
      questions: path === undefined ? [`The program is assumed to be ${program} in ${one}.`] : [],
    };
  }
  return undefined;
}

function ownFiles(metadata: Metadata, { name, path }: Search['options']): Source {
  const bins = typeof metadata.bin === 'string' ? { [name]: metadata.bin } : (metadata.bin ?? {});
  const program = path ?? (bins[name] ?? Object.values(bins)[0] ?? `bin/${name}`).replace(/^\.\//, '');
  const needed = Object.keys(metadata.dependencies ?? {});
  const isScript = /\.[cm]?js$/.test(program);
  return {
    source: { package: metadata.name, files: { [program]: `bin/${name}` } },
    questions: [
      ...(isScript
        ? ['The program is a script for Node: images that have it need the Debian package "nodejs".']
        : []),
      ...(needed.length > 0
        ? [`It needs other npm packages, which are not included: ${needed.slice(0, 8).join(', ')}.`]
        : []),
    ],
  };
}
