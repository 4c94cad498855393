/** Reads the tables and documents under test/fixtures. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';

function read(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
}

/** The rows of a tab-separated table as objects by column; `-` stands for nothing. */
export function readTable<Row>(name: string, row: z.ZodType<Row>): readonly Row[] {
  const [header = '', ...lines] = read(name).trimEnd().split('\n');
  const columns = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return row.parse(Object.fromEntries(columns.map((column, index) => [column, cells[index]])));
  });
}

export function readDocument<Document>(name: string, document: z.ZodType<Document>): Document {
  return document.parse(JSON.parse(read(name)));
}
