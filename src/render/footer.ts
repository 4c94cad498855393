/** The small print: where a message comes from, why this reader gets it, and how to change that. */
import { parseReference } from '../core/image.ts';
import type { Line } from '../core/message.ts';
import { artifactOf, type PublishedImage } from '../core/release.ts';
import { printFilter, type Subscription } from '../core/subscription.ts';
import { code, listing } from './words.ts';

/** Repositories beyond this are counted, not named. */
const MAX_REPOSITORIES = 3;

export function footerOf(images: readonly PublishedImage[], subscription: Subscription | null): readonly Line[] {
  const repositories = [...new Set(images.flatMap(repositoryOf))];
  const named = repositories.slice(0, MAX_REPOSITORIES);
  const left = repositories.length - named.length;
  const source: readonly Line[] =
    repositories.length === 0 ? [] : [[`Source: ${listing([...named, ...(left > 0 ? [`${left} more`] : [])])}`]];
  return [...source, ...subscriptionLine(subscription)];
}

/** Who gets it and why, and where to change that: in the configuration file, or with the command that made it. */
export function subscriptionLine(subscription: Subscription | null): readonly Line[] {
  if (subscription === null) return [];
  const { id, topic, filter } = subscription;
  const what = topic === 'operations' ? "Herald's own notices" : printFilter(filter) || 'every stable release';
  return [['Subscription ', code(id), ` (${what}). To change or end it: Herald's configuration, or herald subscriptions.`]];
}

function repositoryOf(image: PublishedImage): readonly string[] {
  const parsed = artifactOf(image) ?? parseReference(image.reference);
  return parsed.kind === 'os-image' || parsed.kind === 'raw-image' || parsed.kind === 'component' || parsed.kind === 'framework'
    ? [parsed.repository]
    : [];
}
