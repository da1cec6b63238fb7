import { fail, type Failed, type SourceKind, type Tool } from '@image-tooling/model';

export const notYet =
  (kind: SourceKind) =>
  async (_session: unknown, { name, folder }: Tool): Promise<Failed> =>
    fail({
      code: 'unsupported-source',
      message: `The tool "${name}" would come from its "${kind}" source, which this version can't build from yet.`,
      hint: 'Give it a "go" source, or set toolSource to "registry" in nx.json.',
      place: { file: `${folder}/tool.json` },
    });
