import { readFile, writeFile } from 'node:fs/promises';
import { mergeArtifact } from '../../index.js';
import { type Command, textOption } from '../command.js';
import { safeText } from '../output/safe-text.js';

/** Called by git for files that attributes give `merge=maven-records`; git reads the result from `ours`. */
export const mergeDriverCommand: Command = {
  build: (yargs) => yargs,
  run: async (runtime, args) => {
    const [base, ours, theirs] = await Promise.all(
      ['base', 'ours', 'theirs'].map((name) => readFile(textOption(args, name) ?? '', 'utf8')),
    );
    const path = textOption(args, 'path') ?? '';
    const merged = await mergeArtifact(path, base ?? '', ours ?? '', theirs ?? '');
    await writeFile(textOption(args, 'ours') ?? '', merged.text);
    for (const conflict of merged.conflicts)
      runtime.io.stderr.write(`${safeText(path)}: ${safeText(conflict)}\n`);
    return merged.conflicts.length > 0 ? 1 : 0;
  },
};
