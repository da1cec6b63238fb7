import {
  imageExplanationLines,
  ok,
  pathExplanationLines,
  toolExplanationLines,
  whyLines,
} from '@image-tooling/model';
import { explainProject, type Explanation } from '@image-tooling/pipeline';
import { usage } from '../command/arguments';
import { openProject, type Command } from '../command/command';

/**
 * Explains what a project is made of, what a build would do now, or where a path comes from. Builds nothing.
 */
export const explain: Command = {
  flags: ['platform', 'why', 'since', 'file', 'json'],
  readOnly: true,
  async run(run) {
    if (run.given.flags.file === '')
      return usage('--file needs a path.', 'Write: image-tooling explain <name> --file /usr/bin/env');
    const opened = await openProject(run);
    if (!opened.ok) return opened;
    const { session, name, platform } = opened.value;
    const { why = false, file, since, json = false } = run.given.flags;
    const explained = await explainProject(session, {
      name,
      platform,
      why,
      ...(file !== undefined && { file }),
      ...(since !== undefined && { since }),
    });
    if (!explained.ok) return explained;
    const explanation = explained.value;
    return ok({
      lines: json ? [JSON.stringify(explanation, undefined, 2)] : linesOf(explanation),
      found: explanation.explains === 'why' ? explanation.blockedBy : [],
    });
  },
};

function linesOf(explanation: Explanation): string[] {
  switch (explanation.explains) {
    case 'image':
      return imageExplanationLines(explanation);
    case 'tool':
      return toolExplanationLines(explanation);
    case 'path':
      return pathExplanationLines(explanation);
    case 'why':
      return whyLines(explanation);
  }
}
