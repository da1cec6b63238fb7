import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { findProgram } from '@image-tooling/host';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanHtml } from '../src';
import { FULL } from './full-report';

const PROGRAM = await findProgram('chromium');
const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly help: string }[];
}

describe.skipIf(PROGRAM === undefined)('the HTML report in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: PROGRAM!, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  const VIEWS = (['light', 'dark'] as const).flatMap((scheme) => [
    { scheme, width: 390 },
    { scheme, width: 1280 },
  ]);

  it.each(VIEWS)('is accessible and fits: $scheme, $width pixels wide', async ({ scheme, width }) => {
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme: scheme });
    await page.setContent(scanHtml(FULL));
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  it('shows each finding', async () => {
    const page = await browser.newPage();
    await page.setContent(scanHtml(FULL));
    expect(await page.locator('.findings > li').count()).toBe(FULL.findings.length);
    await page.close();
  });
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate<AxeResults>('axe.run()');
  return found.map(({ id, help }) => `${id}: ${help}`);
}
