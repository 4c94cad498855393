/** Comparisons and upgrade candidates as messages. */
import { printReference } from '../core/image.ts';
import type { Line, Message, RankedSection } from '../core/message.ts';
import type { Standing } from '../core/query.ts';
import type { Candidates, Comparison, Offer } from '../core/upgrade.ts';
import { lastChecked, lifecycleLine, trouble } from './answer.ts';
import { bumpWord, code, componentChange, coordinateName, count, dotted, listing, warningWords } from './words.ts';

/** What a running image may be upgraded to. The recommended offer stands apart. `standing` is null where the tags were given by hand. */
export function candidatesMessage({ running, offers, osChanges, reason }: Candidates, standing: Standing | null): Message {
  const recommended = offers.find((offer) => offer.recommended) ?? offers[0];
  return {
    tone: standing !== null && standing.failingSince !== null ? 'warning' : recommended === undefined ? 'neutral' : 'good',
    title: recommended === undefined ? `No upgrade for ${running.tag}` : `${count(offers.length, 'upgrade')} for ${running.tag}`,
    summary: recommended === undefined ? [reason ?? 'Nothing newer fits.'] : ['Recommended: ', ...changesOf(recommended)],
    sections: [
      ...(standing === null ? [] : [...trouble(standing), ...ended(standing)]),
      ...(recommended === undefined ? [] : offered(recommended)),
      ...listOf(
        3,
        'Others',
        offers.filter((offer) => offer !== recommended),
      ),
      ...listOf(4, 'The same image on a newer operating system release (your decision)', osChanges),
      ...(recommended === undefined || standing === null ? [] : [applyIt(running)]),
    ],
    footer: [
      [
        'Offers never change flavor, variant, architecture, model, boot mode, image form or Kubernetes distribution. Signatures: not checked.',
      ],
      ...(standing === null ? [] : [lastChecked(standing)]),
    ],
    labels: [],
  };
}

/** Text for a cluster or a node needs a digest, which only what was seen has. */
function applyIt(running: Candidates['running']): RankedSection {
  const command = `herald candidates --apply operator ${printReference(running)}`;
  return { rank: 5, section: { kind: 'text', line: ['As text to apply: ', code(command), ' (or agent, controller)'] } };
}

function ended({ lifecycle, flavor }: Standing): readonly RankedSection[] {
  const line = lifecycleLine(lifecycle, flavor);
  return line.length === 0 ? [] : [{ rank: 1, section: { kind: 'text', line } }];
}

/** How two images relate. */
export function comparisonMessage({ relation, bump, components, crosses, warnings }: Comparison, from: string, to: string): Message {
  const skips = warnings.some(({ kind }) => kind === 'kubernetes-skips-minor');
  const titles: Readonly<Record<Comparison['relation'], string>> = {
    upgrade: skips ? 'Not in one step: Kubernetes would skip a minor version' : `An upgrade: ${bumpWord(bump)}`,
    downgrade: 'A downgrade',
    same: bump === 'rebuild' ? 'The same version, built again' : 'The same',
    incompatible:
      crosses.length > 0 ? `Not an upgrade path: other ${listing(crosses.map(coordinateName))}` : 'Which is newer cannot be told',
  };
  return {
    tone: relation === 'incompatible' || relation === 'downgrade' || skips ? 'warning' : 'good',
    title: titles[relation],
    summary: dotted(components.map(componentChange)),
    sections: [
      { rank: 2, section: { kind: 'facts', rows: [fact('From', code(from)), fact('To', code(to))] } },
      ...(warnings.length === 0
        ? []
        : [{ rank: 1, section: { kind: 'list', title: 'Mind', items: warnings.map((warning) => [warningWords(warning)]) } } as const]),
    ],
    footer: [],
    labels: [],
  };
}

function fact(label: string, value: Line[number]): { readonly label: string; readonly value: Line } {
  return { label, value: [value] };
}

function offered(offer: Offer): readonly RankedSection[] {
  const warnings = offer.warnings.map((warning): Line => [warningWords(warning)]);
  return [
    { rank: 1, section: { kind: 'code', title: null, language: '', text: printReference(offer.artifact) } },
    ...(warnings.length === 0 ? [] : [{ rank: 2, section: { kind: 'list', title: 'Mind', items: warnings } } as const]),
  ];
}

function listOf(rank: number, title: string, offers: readonly Offer[]): readonly RankedSection[] {
  if (offers.length === 0) return [];
  const items = offers.map((offer) =>
    dotted([[code(printReference(offer.artifact))], changesOf(offer), ...offer.warnings.map((warning) => [warningWords(warning)])]),
  );
  return [{ rank, section: { kind: 'list', title, items } }];
}

function changesOf({ components }: Offer): Line {
  return dotted(components.filter(({ bump }) => bump !== 'none').map(componentChange));
}
