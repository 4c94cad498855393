/** What an upgrade costs to pull and which components move, as sections of a message. */
import type { ComponentDelta, Deltas, SizeDelta, TotalSize } from '../core/deltas.ts';
import type { Line, RankedSection } from '../core/message.ts';
import type { VersionChange } from '../core/release-diff.ts';
import { bumpWord, count, strong } from './words.ts';

/** More sizes than these are counted. */
const MAX_SIZES = 12;

export function deltaSections({ sizes, total, versions, components }: Deltas): readonly RankedSection[] {
  const moved = [...versions.map(namedVersion), ...components].filter(({ from, to }) => from !== to);
  const still = versions.length + components.length - moved.length;
  return [...componentTable(moved, still), ...sizeTable(sizes, total)];
}

const VERSION_NAMES: Readonly<Record<VersionChange['name'], string>> = { kairos: 'Kairos', base: 'Hadron', k3s: 'k3s', k0s: 'k0s' };

function namedVersion({ name, ...change }: VersionChange): ComponentDelta {
  return { name: VERSION_NAMES[name], ...change };
}

/** A version that nobody wrote down is a dash: the component may well have been there. */
function componentTable(moved: readonly ComponentDelta[], still: number): readonly RankedSection[] {
  if (moved.length === 0) return [];
  const rows = moved.map(({ name, from, to, bump }): readonly Line[] => [
    [name],
    [from ?? '–'],
    [strong(to ?? '–')],
    [bump === null || bump === 'none' ? '' : bumpWord(bump)],
  ]);
  const title = still === 0 ? 'Components' : `Components that moved (${still} did not)`;
  return [{ rank: 2, section: { kind: 'table', title, columns: ['', 'From', 'To', 'Change'], rows } }];
}

function sizeTable(sizes: readonly SizeDelta[], total: TotalSize | null): readonly RankedSection[] {
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
