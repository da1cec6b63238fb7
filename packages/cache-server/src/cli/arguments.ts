import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '@image-tooling/model';

/** The text of `cache-server --help`. */
export const HELP = `A remote cache for Nx that keeps pull requests and main apart.

Usage: cache-server [command] [options]

Commands
  serve    answer requests (default)
  purge    delete entries, for example after an incident: also while the server runs
  token    make a static token

Options
  --config <file>        default: CACHE_CONFIG, or cache-server.json
  --check-config         report all mistakes of the configuration, and end
  --help, --version

Options of purge: those entries are deleted that meet all conditions
  --run <id>             written by this run (GitHub's run_id, GitLab's pipeline_id)
  --since <time>         stored at or after this time ("2027-01-31T12:00:00Z")
  --project <name>       of this project
  --dry-run              delete nothing, list what would be deleted

Options of token
  --name <name> --project <name> --role <read|write>
  --namespace <name>     needed to write: a name of its own, or "trusted", which main reads

Environment: CACHE_LISTEN, CACHE_STORAGE and CACHE_TEMPORARY replace values of the configuration; AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL are for S3.

Exit codes: 0 done or stopped by SIGTERM, 1 failed, 2 unknown command or option
`;

const OPTIONS = {
  config: { type: 'string' },
  'check-config': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  run: { type: 'string' },
  since: { type: 'string' },
  project: { type: 'string' },
  'dry-run': { type: 'boolean' },
  name: { type: 'string' },
  role: { type: 'string' },
  namespace: { type: 'string' },
} as const;

const COMMANDS = ['serve', 'purge', 'token'] as const;

/** A parsed command line. */
export interface Arguments {
  readonly command: (typeof COMMANDS)[number];
  readonly values: ReturnType<typeof parse>['values'];
}

/** Reads a command line. Fails with `usage`. */
export function readArguments(argv: readonly string[]): Result<Arguments> {
  try {
    const { values, positionals } = parse(argv);
    const [command = 'serve', ...more] = positionals;
    const known = COMMANDS.find((name) => name === command);
    if (known && more.length === 0) return ok({ command: known, values });
    return usage(`Unknown command "${positionals.join(' ')}"; expected serve, purge or token.`);
  } catch (error) {
    return usage(`${(error as Error).message.split('. ')[0] ?? ''}.`);
  }
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
}

/** Returns a failure for a wrong command line. */
export function usage(message: string): Result<never> {
  return fail({ code: 'usage', message, hint: 'See "cache-server --help".' });
}
