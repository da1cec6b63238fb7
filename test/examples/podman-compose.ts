import { pythonPackages } from '@image-tooling/testkit/programs';

/** Returns the command line of podman-compose. */
export async function podmanCompose(): Promise<[string, string]> {
  return (await pythonPackages('podman-compose', 'podman-compose==1.6.0')).script('podman-compose');
}
