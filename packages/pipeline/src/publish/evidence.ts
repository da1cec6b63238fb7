import { join } from 'node:path';
import {
  chainOf,
  chooseSource,
  testEvidenceSchema,
  type Image,
  type LayersFile,
  type OverriddenTool,
  type Platform,
  type PlatformEvidence,
} from '@image-tooling/model';
import type { Session } from '../session';
import { reportFolder } from '../test/report';
import { outputFolder, readDigestFile, readLayersFile, readOutput } from '../workspace/outputs';

/** The results of an image's builds and tests, on which a publish decides. */
export interface Evidence {
  readonly platforms: readonly PlatformEvidence[];
  /** For the built platforms. */
  readonly inheritances: ReadonlyMap<Platform, LayersFile>;
  readonly overridden: readonly OverriddenTool[];
}

/** Reads the outputs of all platforms' tasks in an image's folder. */
export async function evidenceOf(session: Session, image: Image): Promise<Evidence> {
  const inheritances = new Map<Platform, LayersFile>();
  const platforms: PlatformEvidence[] = [];
  for (const platform of image.definition.platforms) {
    const folder = outputFolder(session.root, image, platform);
    const digests = await readDigestFile(folder);
    const layers = await readLayersFile(folder);
    const report = await readOutput(
      reportFolder(join(session.root, image.folder), platform),
      'report.json',
      testEvidenceSchema,
    );
    if (layers) inheritances.set(platform, layers);
    platforms.push({
      platform,
      ...(digests && layers && { manifest: digests.manifest }),
      ...(report && {
        test: { manifest: report.manifest, passed: report.passed, isolated: report.isolated },
      }),
    });
  }
  return { platforms, inheritances, overridden: overriddenTools(session, image, [...inheritances.values()]) };
}

/** Returns tools from another source than the committed policy takes. */
function overriddenTools(
  { options }: Session,
  image: Image,
  inheritances: readonly LayersFile[],
): OverriddenTool[] {
  const tools = chainOf(image).flatMap((one) => one.tools);
  const found = tools.flatMap(({ name, definition }) => {
    const committed = chooseSource(definition, options.toolSource);
    const used = inheritances
      .flatMap(({ contents }) => contents.tools)
      .find((tool) => tool.name === name && tool.source !== committed)?.source;
    return used === undefined ? [] : [{ tool: name, used, committed }];
  });
  return found;
}
