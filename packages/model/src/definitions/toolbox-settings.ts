import * as z from 'zod';
import { schemaReference, textLike } from './fields';

/** Everything that a call passes on unless it is left out, as sh/basics.sh of the toolbox has it. */
const LEFT_OUT = ['kube', 'aws', 'openstack', 'ssh', 'git', 'proxy', 'ca', 'device-code'];

const words = (word: string) => new RegExp(`^ *(?:${word}(?: +${word})*)? *$`);

/** The content of toolbox.json. All values are strings: aliases read it, in sh. */
export const toolboxSettingsSchema = z
  .strictObject({
    $schema: schemaReference,
    image: textLike(
      /^(?!-)(?:[A-Za-z0-9._:-]*\/)*[A-Za-z0-9._-]+$/,
      'the name of an image, without a tag or digest ("ghcr.io/acme/tooling-k8s")',
      'The image to use, without a tag or digest.',
    ),
    version: textLike(
      /^(?!-)[A-Za-z0-9._-]+$/,
      'a version ("1.2.3")',
      'Its version. Default: latest.',
    ).optional(),
    digest: textLike(
      /^sha256:[0-9a-f]{64}$/,
      'a digest ("sha256:" and 64 hexadecimal digits)',
      'The digest of that version; "toolbox lock" writes it.',
    ).optional(),
    without: textLike(
      words(`(?:${LEFT_OUT.join('|')})`),
      `words separated by spaces: ${LEFT_OUT.join(', ')}`,
      `What the image does not get ("aws openstack"). Words: ${LEFT_OUT.join(', ')}.`,
    ).optional(),
    env: textLike(
      words('[A-Za-z_][A-Za-z0-9_]*'),
      'names of environment variables, separated by spaces',
      'Names of environment variables that the image gets as well ("MY_TOKEN").',
    ).optional(),
  })
  .meta({ title: 'Toolbox', description: 'The image that the commands of a project are run in.' });
