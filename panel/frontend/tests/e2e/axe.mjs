import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails on serious and critical faults of accessibility on the page as it is now. */
export async function accessible(page) {
  // What fades in or out has its colours when that is over; a spinner never ends.
  await page.evaluate(() => {
    const running = globalThis.document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    return Promise.allSettled(running.map((one) => one.finished));
  });
  await page.evaluate(axe);
  const violations = await page.evaluate(() => globalThis.axe.run().then((result) => result.violations));
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const list = bad.map((one) => `${one.id} at ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  if (list.length > 0) throw new Error(`axe: ${list.join('; ')}`);
}

/** Goes to a page, waits until it is drawn, and looks whether it is accessible. */
export async function visit(page, address, heading) {
  await page.goto(address);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  await accessible(page);
}
