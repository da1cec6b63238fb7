import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ImageVerdict, RebuildMode, StatementKind, TrustPolicy } from '@image-tooling/attest';
import {
  ok,
  type DigestFile,
  type Json,
  type LayersFile,
  type OriginLayer,
  type Platform,
  type Progress,
  type Result,
} from '@image-tooling/model';
import { startRegistry, vendorTar, type RealRegistry, type WorkspaceRig } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import type { WantedStatement } from '../../src/attest/attach';
import { definitionFiles } from '../../src/attest/definition-files';
import { provenanceOf } from '../../src/attest/provenance';
import { signPublished } from '../../src/attest/sign-published';
import { copyBetween, parsePlace } from '../../src/registry';
import { openSession, type Session } from '../../src/session';
import { verifyImage } from '../../src/verify-image';
import { findProject, loadOptions } from '../../src/workspace/load';
import { pushDocker } from '../base-images';
import { makeRepository, type GitRepository } from '../git-repository';
import { testAccess } from '../registry-images';
import { IMPATIENT, ReleaseTools } from '../release-tools';
import { KEYS, withClient, withKey } from './signed';

const BASE = vendorTar([{ name: 'bin/app', content: 'static', mode: 0o755 }]);
const PLATFORM: Platform = 'linux/amd64';
const POLICY: TrustPolicy = { kind: 'key', publicKey: KEYS.publicKey };

/** What a provenance says other than the truth. */
export type Changes = (provenance: Provenance) => void;

export interface Provenance {
  buildDefinition: {
    externalParameters: {
      source: { uri?: string; commit: string; altered: boolean };
      definitions: Record<string, string>;
    };
    internalParameters: { formats: Record<string, number> };
  };
}

/** How an image is verified. */
export interface Asked {
  readonly mode?: RebuildMode;
  readonly cwd?: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * An image of all kinds of layers that need no engine: of a registry image, a vendor's tool, files and help. It is
 * built and committed; each test signs it with another provenance.
 */
export class Rebuildable {
  private copies = 0;
  /** Of the image as it was built, without a commit. */
  private built: Json = {};

  private constructor(
    readonly registry: RealRegistry,
    readonly tools: ReleaseTools,
    readonly rig: WorkspaceRig,
    readonly repository: GitRepository,
  ) {}

  static async open(): Promise<Rebuildable> {
    const registry = await startRegistry();
    const tools = await ReleaseTools.open();
    const rig = await tools.workspace();
    const base = await pushDocker(registry, 'vendor/base', [{ tar: BASE, blob: gzipSync(BASE) }]);
    await rig.write('images/app/image.json', {
      description: 'To be built again',
      from: { registry: `${registry.host}/vendor/base@${base.digest}` },
      tools: ['tool'],
      files: 'rootfs',
      platforms: [PLATFORM],
    });
    await rig.write('images/app/rootfs/etc/app.conf', 'as published\n');
    for (const args of [
      ['lock', 'tool'],
      ['build', 'tool'],
      ['lock', 'app'],
      ['build', 'app'],
    ])
      await rig.must(args, IMPATIENT);
    const made = new Rebuildable(registry, tools, rig, makeRepository());
    await made.commit();
    made.built = await made.provenance();
    return made;
  }

  async close(): Promise<void> {
    this.repository.remove();
    await this.registry.stop();
    await this.tools.remove();
  }

  /** Commits the workspace, in a folder of its repository. Returns the commit. */
  async commit(): Promise<string> {
    const to = join(this.repository.folder, 'workspace');
    await rm(to, { recursive: true, force: true });
    await mkdir(to);
    await cp(this.rig.folder, to, { recursive: true });
    this.repository.git('add', '--all');
    this.repository.git('commit', '--quiet', '--message=change');
    return this.repository.git('rev-parse', 'HEAD');
  }

  layers(): Promise<readonly OriginLayer[]> {
    return this.session(async ({ root }) => {
      const file = join(root, 'images/app/dist/linux-amd64/layers.json');
      return ((await import(file)) as LayersFile).layers;
    });
  }

  /** Publishes the image, signed, with a provenance that is changed. Returns its reference. */
  async publish(change: Changes = () => undefined): Promise<string> {
    this.copies += 1;
    const reference = `${this.registry.host}/team/app-${this.copies}:1.0.0`;
    const folder = `oci:${join(this.rig.folder, 'out')}`;
    if (this.copies === 1) await this.rig.must(['load', 'app', `--to=${folder}`]);
    const from = valueOf(parsePlace(`${folder}:dev`, '/'));
    valueOf(await copyBetween({ from, to: valueOf(parsePlace(reference, '/')) }, testAccess()));
    await this.sign(reference, change);
    return reference;
  }

  async verify(reference: string, asked: Asked = {}): Promise<Result<ImageVerdict>> {
    const { mode = 'system', cwd = this.repository.folder, progress = SILENT, signal } = asked;
    const access = testAccess(IMPATIENT);
    const context = { signal: signal ?? access.context.signal, progress };
    const request = { place: valueOf(parsePlace(reference, '/')), policy: POLICY, rebuild: mode, cwd };
    const verified = await verifyImage(request, { ...access, context });
    const left = await readdir(join(String(access.env['IMAGE_STORE']), 'tmp')).catch(() => []);
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
    return verified;
  }

  private async sign(reference: string, change: Changes): Promise<void> {
    const repository = reference.slice(0, reference.lastIndexOf(':'));
    const provenance = structuredClone(this.built) as unknown as Provenance;
    provenance.buildDefinition.externalParameters.source.commit = this.repository.git('rev-parse', 'HEAD');
    change(provenance);
    await withClient(repository, async (client) => {
      const { manifests } = JSON.parse(String(valueOf(await client.getManifest('1.0.0'))?.bytes)) as {
        manifests?: { digest: string }[];
      };
      const references = manifests ? ['1.0.0', manifests[0]!.digest] : ['1.0.0'];
      const subjects = [];
      for (const one of references) {
        const descriptor = valueOf(await client.headManifest(one))!;
        const statements = one === references.at(-1) ? statementsWith(provenance as unknown as Json) : [];
        subjects.push({ descriptor, label: one, statements });
      }
      const context = { signal: new AbortController().signal, progress: SILENT };
      const withOwnClient = <T>(work: (own: typeof client) => Promise<T>) => withClient(repository, work);
      const settings = withKey(KEYS.privateKey);
      valueOf(await signPublished(client, { settings, subjects, context, dryRun: false, withOwnClient }));
    });
  }

  private provenance(): Promise<Json> {
    return this.session(async (session) => {
      const workspace = valueOf(await session.workspaceFor('app'));
      const project = valueOf(findProject(workspace, 'app'));
      if (project.kind === 'tool') throw new Error('an image');
      const { image } = project;
      const definitions = valueOf(await definitionFiles(session, image));
      const { manifest } = (await import(
        join(session.root, 'images/app/dist/linux-amd64/digest.json')
      )) as DigestFile;
      const commit = this.repository.git('rev-parse', 'HEAD');
      const request = { image, platform: PLATFORM, manifest, definitions, commit, altered: false };
      const found = valueOf(await provenanceOf(session, request, undefined)) as { buildDefinition: object };
      return JSON.parse(JSON.stringify(found)) as Json;
    });
  }

  private async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const root = this.rig.folder;
    const options = valueOf(await loadOptions(root));
    const env = { ...process.env, IMAGE_STORE: this.rig.store };
    const context = { signal: new AbortController().signal, progress: SILENT };
    const session = valueOf(await openSession({ root, options, env, context }));
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }
}

function statementsWith(provenance: Json): WantedStatement[] {
  const of = (kind: StatementKind, content: Json): WantedStatement => ({
    kind,
    rule: 'same',
    predicate: async () => ok(content),
  });
  return [
    of('provenance', provenance),
    of('cyclonedx', { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] }),
    of('tests', { result: 'PASSED', passedTests: [], failedTests: [] }),
  ];
}
