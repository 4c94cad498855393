/** What made an SBOM: read from either format, printed, and whether two inventories were made in the same way. */
import { inOrder, type Tool } from './sbom.ts';
import { listOf, textOf } from './sbom-json.ts';
import { type Instant, instant } from './time.ts';

const MAX_TOOLS = 16;
const MAX_TOOL = 100;

/** `syft-v1.29.0`, `syft-0.99.0`, `syft-[not provided]`, `buildkit-syft-scanner`. */
const NAMED = /^(.{1,80}?)-(?:v?(\d[^\s-]{0,40}(?:-[^\s]{1,40})?)|\[not provided\])$/;

/** A tool as SPDX writes it, in one text. */
function toolOf(text: string): Tool {
  const [, name, version = null] = NAMED.exec(text) ?? [];
  return { name: name ?? text, version };
}

/** A tool as CycloneDX writes it; null for what is none. */
export function toolFrom(name: unknown, version: unknown): Tool | null {
  const named = textOf(name, MAX_TOOL);
  return named === null ? null : { name: named, version: textOf(version, MAX_TOOL)?.replace(/^v(?=\d)/, '') ?? null };
}

/** Who is behind them is of no interest: `Organization: Anchore, Inc`. */
export function toolsOfSpdx(creators: unknown): readonly Tool[] {
  const texts = listOf(creators).slice(0, 100);
  return sorted(
    texts.flatMap((each) => {
      const text = textOf(each, MAX_TOOL);
      return text?.startsWith('Tool: ') ? [toolOf(text.slice('Tool: '.length).trim())] : [];
    }),
  );
}

/** Each tool once, in the order of their names. */
export function sorted(tools: readonly Tool[]): readonly Tool[] {
  const byName = new Map(tools.slice(0, MAX_TOOLS).map((tool) => [printTool(tool), tool]));
  return [...byName].sort(([a], [b]) => inOrder(a, b)).map(([, tool]) => tool);
}

function printTool({ name, version }: Tool): string {
  return version === null ? name : `${name} ${version}`;
}

/** `syft 1.29.0 and buildkit 0.23.2`; null where the SBOM names nothing. */
export function printTools(tools: readonly Tool[]): string | null {
  const [first, ...others] = tools.toSorted((a, b) => Number(isPackaging(a)) - Number(isPackaging(b))).map(printTool);
  return first === undefined ? null : [first, ...others].join(' and ');
}

/**
 * Two inventories with the same scheme list the same packages of the same image. A scanner may catalogue otherwise from its next major
 * version on; by BuildKit the same scanner is run over a file system instead of an image.
 */
export function schemeOf(tools: readonly Tool[]): string {
  const parts = tools.map((tool) => (isPackaging(tool) ? tool.name.toLowerCase() : `${tool.name.toLowerCase()} ${majorOf(tool)}`));
  return [...new Set(parts)].sort(inOrder).join(', ');
}

function isPackaging({ name }: Tool): boolean {
  return name.toLowerCase() === 'buildkit';
}

function majorOf({ version }: Tool): string {
  return /^\d+/.exec(version ?? '')?.[0] ?? '?';
}

/** When it says it was made; a text that is no date says nothing. */
export function createdAt(value: unknown): Instant | null {
  const text = textOf(value, 40);
  if (text === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) || Number.isNaN(Date.parse(text))) return null;
  return instant(text);
}
