import { join } from 'node:path';

/** A file that may contain credentials, or a variable with the content of such a file. */
export interface ConfigFile {
  /** The path of the file, or the name of the variable. */
  readonly path: string;
  /** The variable that names the file. */
  readonly namedBy?: 'REGISTRY_AUTH_FILE' | 'DOCKER_CONFIG';
  /** The content, if it comes from a variable. */
  readonly content?: string;
}

/** A variable of Docker and GitLab with the content of a config.json (docker/cli, cli/config/configfile/file.go). */
const CONTENT_VARIABLE = 'DOCKER_AUTH_CONFIG';

/**
 * Returns the places to search for credentials, in this order: DOCKER_AUTH_CONFIG, which docker reads before its file,
 * REGISTRY_AUTH_FILE, docker's file (docs.docker.com, "docker login"), podman's files (containers-auth.json(5)).
 */
export function configFiles(env: NodeJS.ProcessEnv): ConfigFile[] {
  const { REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, HOME } = env;
  const home = (...parts: string[]): string => (HOME ? join(HOME, ...parts) : '');
  const podmans = XDG_CONFIG_HOME ? join(XDG_CONFIG_HOME, 'containers') : home('.config', 'containers');
  const files: ConfigFile[] = [
    { path: REGISTRY_AUTH_FILE ?? '', namedBy: 'REGISTRY_AUTH_FILE' },
    DOCKER_CONFIG
      ? { path: join(DOCKER_CONFIG, 'config.json'), namedBy: 'DOCKER_CONFIG' }
      : { path: home('.docker', 'config.json') },
    { path: XDG_RUNTIME_DIR ? join(XDG_RUNTIME_DIR, 'containers', 'auth.json') : '' },
    { path: podmans === '' ? '' : join(podmans, 'auth.json') },
  ];
  return [...contentOf(env), ...files.filter(({ path }) => path !== '')];
}

function contentOf({ [CONTENT_VARIABLE]: content = '' }: NodeJS.ProcessEnv): ConfigFile[] {
  return content.trim() === '' ? [] : [{ path: CONTENT_VARIABLE, content }];
}
