import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe } from 'vitest';
import { chromiumBinary, HOW_TO_GET_CHROMIUM } from './chromium-binary.js';
import { removeFolder } from './remove-folder.js';

/** How a page lies in a window of some width. */
export interface Measured {
  readonly width: number;
  /** Wider than the window = it would have to be scrolled sideways. */
  readonly scrollWidth: number;
  readonly scrollHeight: number;
  /** What the page loaded or tried to load. */
  readonly requests: readonly string[];
  /** Which of the chosen elements are shown, by their class. */
  readonly shown: readonly string[];
  /** Elements that reach out of the window, unless something around them scrolls. */
  readonly outside: readonly string[];
}

export interface ShotOptions {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

/**
 * A suite that looks at pages in a real browser.
 *
 * On a machine of one's own that has none these suites are skipped, and the start of the run says so. In CI they never
 * are.
 */
export function describeWithChromium(name: string, suite: () => void): void {
  const run = chromiumBinary() === null && process.env.CI === undefined ? describe.skip : describe;
  run(name, suite);
}

/**
 * Lays a page out at several widths at once, in frames of a page of ours that writes down what it finds.
 *
 * @param chosen - a selector of elements of which is told which are shown.
 */
export async function measurePage(
  html: string,
  widths: readonly number[],
  chosen: string,
): Promise<{ readonly measured: readonly Measured[]; readonly console: readonly string[] }> {
  const frames = widths.map(
    (width) => `<iframe width="${width}" height="900" style="border:0" srcdoc="${attribute(html)}"></iframe>`,
  );
  const wrapper = `<!doctype html><meta charset="utf-8"><body>${frames.join('')}<script>
    addEventListener('load', () => {
      const found = [...document.querySelectorAll('iframe')].map((frame) => {
        const { contentDocument: page, contentWindow: own } = frame;
        const root = page.documentElement;
        const scrolled = (element) => {
          for (let up = element.parentElement; up; up = up.parentElement)
            if (['auto', 'scroll', 'hidden'].includes(own.getComputedStyle(up).overflowX)) return true;
          return false;
        };
        const outside = [...page.body.querySelectorAll('*')].filter((element) => {
          const { right, left, width } = element.getBoundingClientRect();
          return width > 1 && (right > root.clientWidth + 1 || left < -1) && !scrolled(element);
        });
        return {
          width: Number(frame.width), scrollWidth: root.scrollWidth, scrollHeight: root.scrollHeight,
          requests: own.performance.getEntriesByType('resource').map(({ name }) => name),
          shown: [...page.querySelectorAll(${JSON.stringify(chosen)})]
            .filter((element) => element.getBoundingClientRect().width > 0)
            .map((element) => element.getAttribute('class')),
          outside: outside.slice(0, 5).map((element) => element.outerHTML.slice(0, 200)),
        };
      });
      const pre = document.createElement('pre');
      pre.id = 'measured';
      pre.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(found))));
      document.body.replaceChildren(pre);
    });
  </script>`;
  const { stdout, stderr } = await withPage(wrapper, (url) => ['--dump-dom', url]);
  const [, text] = /<pre id="measured">([^<]*)<\/pre>/.exec(stdout) ?? [];
  if (text === undefined) throw new Error(`the browser measured nothing; it said:\n${stderr}`);
  return {
    measured: JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Measured[],
    console: stderr.split('\n').filter((line) => line.includes(':CONSOLE')),
  };
}

/** Takes a picture of a page. @param file - where the PNG is written. */
export async function takeScreenshot(
  html: string,
  file: string,
  { width, height, theme }: ShotOptions,
): Promise<{ readonly console: readonly string[] }> {
  const { stderr } = await withPage(html, (url) => [
    `--window-size=${width},${height}`,
    `--blink-settings=preferredColorScheme=${theme === 'dark' ? 0 : 1}`,
    `--screenshot=${file}`,
    url,
  ]);
  return { console: stderr.split('\n').filter((line) => line.includes(':CONSOLE')) };
}

async function withPage(
  html: string,
  args: (url: string) => readonly string[],
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const binary = chromiumBinary();
  if (binary === null) throw new Error(`no chromium found: ${HOW_TO_GET_CHROMIUM}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-chromium-'));
  try {
    const page = path.join(folder, 'page.html');
    writeFileSync(page, html);
    return await run(binary, [...flags(folder), ...args(pathToFileURL(page).href)], folder);
  } finally {
    removeFolder(folder);
  }
}

function flags(folder: string): readonly string[] {
  return [
    '--headless',
    '--disable-gpu',
    '--hide-scrollbars',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-extensions',
    '--disable-sync',
    '--disable-dev-shm-usage',
    '--enable-logging=stderr',
    '--force-device-scale-factor=1',
    `--user-data-dir=${path.join(folder, 'profile')}`,
    // The sandbox of the browser does not work for root, as whom CI runs.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

function run(
  binary: string,
  args: readonly string[],
  home: string,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: home },
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (chunk: string) => {
        texts[name] += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(texts) : reject(new Error(`chromium ended with ${code}:\n${texts.stderr}`)),
    );
  });
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
