import { chainOf, type Image, type InheritedConfig } from '@image-tooling/model';
import { secretsOfConfig, type ConfigTexts, type OwnedConfigSecret } from '@image-tooling/scan';

/**
 * Returns the secrets in an image's config, and which image of its chain sets them. What none of their definitions has
 * is of the registry image at the bottom.
 */
export function configSecrets(image: Image, config: InheritedConfig): OwnedConfigSecret[] {
  const chain = chainOf(image);
  return chain.flatMap(({ name }) =>
    secretsOfConfig(textsOf(name, chain, config)).map((secret) => ({ ...secret, owner: name })),
  );
}

function textsOf(
  owner: string,
  chain: readonly Image[],
  { env, entrypoint, cmd }: InheritedConfig,
): ConfigTexts {
  const isOf = (sets: (config: Image['definition']['config']) => boolean): boolean =>
    (chain.findLast(({ definition }) => sets(definition.config)) ?? chain[0])?.name === owner;
  const own = Object.entries(env).filter(([name]) => isOf((config) => config.env?.[name] !== undefined));
  const image = chain.at(-1);
  const labels = image?.name === owner ? image.definition.config.labels : undefined;
  return {
    env: own.map(([name, value]) => `${name}=${value}`),
    ...(labels && { labels }),
    ...(isOf((config) => config.entrypoint !== undefined) && { entrypoint }),
    ...(isOf((config) => config.cmd !== undefined) && { cmd }),
  };
}
