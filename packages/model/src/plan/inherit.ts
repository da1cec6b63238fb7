import type { InheritedConfig } from './layers-file';

/** The config part of an image's definition; what is left out is inherited. */
export interface ConfigDefinition {
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
}

/** Variables of every image: the path that Debian's login sets for users and root. */
const DEFAULT_ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/**
 * Returns an image's config: its own over its parent's. An entrypoint of its own drops the parent's `cmd`, as
 * Docker does.
 */
export function inheritedConfig(parent: InheritedConfig | undefined, own: ConfigDefinition): InheritedConfig {
  const inheritedCmd = own.entrypoint ? [] : (parent?.cmd ?? []);
  return {
    env: { ...DEFAULT_ENV, ...parent?.env, ...own.env },
    entrypoint: own.entrypoint ?? parent?.entrypoint ?? [],
    cmd: own.cmd ?? inheritedCmd,
    user: own.user ?? parent?.user,
    workdir: own.workdir ?? parent?.workdir,
  };
}
