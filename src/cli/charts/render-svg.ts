import type { TopLevelSpec } from 'vega-lite';

/** Draws a chart without a browser. @returns one `<svg>` element that loads and runs nothing. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  // These two are larger than all the rest of the program.
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const view = new vega.View(vega.parse(compile(spec, { logger: vega.logger(vega.Error) }).spec), {
    renderer: 'none',
    logLevel: vega.Error,
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
