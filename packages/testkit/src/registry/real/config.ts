import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

export interface UserPassword {
  readonly user: string;
  readonly password: string;
}

export interface RegistryConfig {
  /** Folder of blobs and repositories. */
  readonly storage: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Allows pulls, and answers everything else with 405. */
  readonly readOnly: boolean;
  /** False: a DELETE is answered with 405. */
  readonly deletes: boolean;
  /** File of users, as htpasswd writes it: Basic authorisation. */
  readonly usersFile?: string;
}

/**
 * Returns the configuration file of docker-registry 2.8 (distribution, docs/configuration.md); JSON is YAML.
 */
export function configText({ storage, port, readOnly, deletes, usersFile }: RegistryConfig): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: storage },
      delete: { enabled: deletes },
      maintenance: { readonly: { enabled: readOnly }, uploadpurging: { enabled: false } },
    },
    // Upload addresses are signed with the secret: they stay valid after a restart.
    http: { addr: `127.0.0.1:${port}`, secret: 'of a test' },
    ...(usersFile !== undefined && { auth: { htpasswd: { realm: 'test', path: usersFile } } }),
  });
}

/** Returns a line of a file of users, with the password as bcrypt hash: docker-registry takes no other. */
export function usersLine({ user, password }: UserPassword): string {
  const salt = randomBytes(11).toString('hex').slice(0, 21);
  // Perl is essential to Debian, and its crypt is that of the C library: $2b$ is bcrypt, 04 its lowest cost.
  const script = 'print crypt($ENV{SECRET}, $ENV{SALT})';
  const env = { PATH: process.env['PATH'], SECRET: password, SALT: `$2b$04$${salt}u` };
  return `${user}:${execFileSync('perl', ['-e', script], { env }).toString()}\n`;
}
