/** What an upgrade costs to pull, as sections of a message. */
import type { Line, RankedSection } from '../core/message.ts';
import { type SizeDelta, totalOf } from '../core/sizes.ts';
import { count } from './words.ts';

/** More sizes than these are counted. */
const MAX_SIZES = 12;

/** A table, and beside it what is not in it. None where there is nothing to compare. */
export function sizeSections(sizes: readonly SizeDelta[]): readonly RankedSection[] {
  const total = totalOf(sizes);
  if (sizes.length === 0) return [];
  if (total === null) return [{ rank: 5, section: { kind: 'text', line: ['Sizes: not known before and after.'] } }];
  const known = sizes.filter(({ from, to }) => from !== null && to !== null);
  const shown = known.slice(0, MAX_SIZES);
  const unknown = sizes.length - known.length;
  const rows: readonly (readonly Line[])[] = [
    ...shown.map(({ combination, from, to }) => sizeRow(combination, from ?? 0, to ?? 0)),
    ...(total.combinations > 1 ? [sizeRow(`all ${total.combinations} together`, total.from, total.to)] : []),
  ];
  const left = [
    ...(known.length > shown.length ? [`${known.length - shown.length} more are counted in the sum`] : []),
    ...(unknown > 0 ? [`of ${count(unknown, 'image')} the size is not known before and after`] : []),
  ];
  return [
    { rank: 4, section: { kind: 'table', title: 'To pull, compressed', columns: ['', 'From', 'To', 'Change'], rows } },
    ...(left.length === 0 ? [] : [{ rank: 5, section: { kind: 'text', line: [`Sizes: ${left.join('; ')}.`] } } as const]),
  ];
}

function sizeRow(name: string, from: number, to: number): readonly Line[] {
  return [[name], [bytesWords(from)], [bytesWords(to)], [changeWords(from, to)]];
}

const MEGABYTE = 1_000_000;
const GIGABYTE = 1_000_000_000;

/** `612 MB`, `4.81 GB`: the units registries and links are counted in. */
function bytesWords(bytes: number): string {
  return bytes < GIGABYTE ? `${Math.round(bytes / MEGABYTE)} MB` : `${(bytes / GIGABYTE).toFixed(2)} GB`;
}

function changeWords(from: number, to: number): string {
  const difference = to - from;
  const sign = difference < 0 ? '−' : '+';
  const megabytes = Math.abs(difference) / MEGABYTE;
  if (megabytes < 0.05) return 'the same';
  const share = from === 0 ? '' : ` (${sign}${((Math.abs(difference) / from) * 100).toFixed(1)} %)`;
  return `${sign}${megabytes.toFixed(1)} MB${share}`;
}
