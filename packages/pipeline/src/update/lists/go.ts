import { ok } from '@image-tooling/model';
import { listModule, listModuleVersions } from '@image-tooling/sources';
import type { ListOf } from './list';

/** Versions of the tool's module, from the registries of the user's Go configuration; each date is asked for. */
export const goVersions: ListOf = async ({ store, context, env }, { tool }) => {
  const { module } = tool.definition.sources.go!;
  const run = { cache: store.root, context, hostEnv: env };
  const listed = await listModuleVersions({ module, name: tool.name }, run);
  if (!listed.ok) return listed;
  return ok({
    versions: listed.value.map((version) => version.replace(/^v/, '')),
    async timeOf(version) {
      const found = await listModule({ module, query: `v${version}`, name: tool.name }, run);
      return found.ok ? ok(found.value.time > 0 ? found.value.time : undefined) : found;
    },
  });
};
