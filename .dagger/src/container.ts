import { CacheSharingMode, type Container, dag, type Directory } from '@dagger.io/dagger';

/** Where the repository is in the container. */
const REPOSITORY = '/image-tooling';

/** Where the caches are mounted. */
const STORE = '/var/cache/image-tooling/store';
const NX_STATE = '/var/cache/image-tooling/nx';
const NPM_CACHE = '/var/cache/image-tooling/npm';

/** What ./bootstrap reads, and the commands that npm links: it is run again only where one of these has changed. */
const BOOTSTRAP_FILES = [
  'bootstrap',
  'package.json',
  'package-lock.json',
  'packages/*/package.json',
  'packages/*/bin',
  '.npmrc',
];

/** The repository in `runner`, prepared for `nx`, with the caches that are kept between calls. */
export function workspaceIn(runner: Container, source: Directory): Container {
  return withSettings(withCaches(bootstrapped(runner, source).withDirectory(REPOSITORY, source)));
}

/** A filtered folder is known to the engine by its content; one written with `include` by all of the source. */
function bootstrapped(runner: Container, source: Directory): Container {
  return runner
    .withUser('root')
    .withWorkdir(REPOSITORY)
    .withMountedCache(NPM_CACHE, dag.cacheVolume('image-tooling-npm'))
    .withEnvVariable('npm_config_cache', NPM_CACHE)
    .withDirectory(REPOSITORY, source.filter({ include: BOOTSTRAP_FILES }))
    .withExec(['./bootstrap']);
}

function withCaches(container: Container): Container {
  return (
    container
      .withMountedCache(STORE, dag.cacheVolume('image-tooling-store'), { sharing: CacheSharingMode.Shared })
      // Nx keeps a database there: runs at the same time each have their own.
      .withMountedCache(NX_STATE, dag.cacheVolume('image-tooling-nx'), { sharing: CacheSharingMode.Private })
  );
}

function withSettings(container: Container): Container {
  return (
    container
      .withEnvVariable('IMAGE_STORE', STORE)
      // The engine that runs this container, through the session that nesting gives; never one inside.
      .withEnvVariable('IMAGE_ENGINE', 'dagger')
      .withEnvVariable('NX_CACHE_DIRECTORY', `${NX_STATE}/cache`)
      .withEnvVariable('NX_WORKSPACE_DATA_DIRECTORY', `${NX_STATE}/workspace-data`)
      .withEnvVariable('NX_DAEMON', 'false')
      .withEnvVariable('NX_TUI', 'false')
      .withEnvVariable('CI', 'true')
  );
}
