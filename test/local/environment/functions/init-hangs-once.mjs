import { existsSync, writeFileSync } from 'node:fs';

const marker = `${process.env.TMPDIR}/began`;
if (!existsSync(marker)) {
  writeFileSync(marker, '');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}

export const handler = async () => 'second chance';
