/** Sentences that only one licence has, most specific first, with its SPDX identifier. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3/i, 'AGPL-3.0-only'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3/i, 'LGPL-3.0-only'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 3/i, 'GPL-3.0-only'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 2/i, 'GPL-2.0-only'],
  [/Mozilla Public License,?\s+(?:version|v\.?)\s*2\.0/i, 'MPL-2.0'],
  [/Business Source License 1\.1/i, 'BUSL-1.1'],
  [/Apache License[,\s]+Version 2\.0/i, 'Apache-2.0'],
  [/This is free and unencumbered software released into the public domain/i, 'Unlicense'],
  [/Permission to use, copy, modify, and\/?(?:or)? distribute this software for any\s+purpose/i, 'ISC'],
  [/Permission is hereby granted, free of charge, to any person obtaining a copy/i, 'MIT'],
  [/Neither the name of[\s\S]*may be used to endorse or promote/i, 'BSD-3-Clause'],
  [/Redistribution and use in source and binary forms/i, 'BSD-2-Clause'],
];

/** Returns the SPDX identifier of a licence's text if it is a common licence. */
export function licenceOf(text: string): string | undefined {
  return SENTENCES.find(([sentence]) => sentence.test(text))?.[1];
}
