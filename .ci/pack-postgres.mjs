// Packs the files of an empty embedded database, so that a new one need not make them: see src/db/embedded-image.ts.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const pglite = await PGlite.create();
const image = await pglite.dumpDataDir('gzip');
writeFileSync(path.join(root, 'dist/postgres.tar.gz'), Buffer.from(await image.arrayBuffer()));
await pglite.close();
