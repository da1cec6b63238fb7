import { join } from 'node:path';

/** A file that may hold credentials. */
export interface ConfigFile {
  readonly path: string;
  /** The variable that names it: then it must be there. */
  readonly namedBy?: string;
}

/**
 * Files with credentials, in the order in which they are asked: docker's (docs.docker.com, "docker login") and
 * podman's (containers-auth.json(5)).
 */
export function configFiles(env: NodeJS.ProcessEnv): ConfigFile[] {
  const { REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, HOME } = env;
  const home = (...parts: string[]): string => (HOME ? join(HOME, ...parts) : '');
  const podmans = XDG_CONFIG_HOME ? join(XDG_CONFIG_HOME, 'containers') : home('.config', 'containers');
  const files: ConfigFile[] = [
    { path: REGISTRY_AUTH_FILE ?? '', namedBy: 'REGISTRY_AUTH_FILE' },
    { path: DOCKER_CONFIG ? join(DOCKER_CONFIG, 'config.json') : home('.docker', 'config.json') },
    { path: XDG_RUNTIME_DIR ? join(XDG_RUNTIME_DIR, 'containers', 'auth.json') : '' },
    { path: podmans === '' ? '' : join(podmans, 'auth.json') },
  ];
  return files.filter(({ path }) => path !== '');
}
