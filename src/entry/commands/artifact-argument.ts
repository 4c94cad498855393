/** A reference a person gave where an OS image is needed. */
import { HeraldError } from '../../core/errors.ts';
import { type Artifact, isArtifact, parseReference, type Reference } from '../../core/image.ts';
import { holdingOf } from '../../core/image-repository.ts';
import { readImage, watching } from '../../core/naming.ts';
import type { Target } from '../../core/target.ts';
import { loadSettings } from '../config.ts';
import type { Terminal } from '../terminal.ts';

/** Parses it, or says why it will not do. Throws HeraldError INVALID_QUERY. */
export function artifactArgument(text: string, terminal: Pick<Terminal, 'env'>): Artifact {
  const reference = referenceReader(terminal)(text);
  if (isArtifact(reference)) return reference;
  const why = reference.kind === 'unrecognised' ? reference.reason : `it is of kind ${reference.kind}`;
  throw new HeraldError('INVALID_QUERY', `"${text.slice(0, 200)}" is not a Kairos OS image: ${why}.`, {
    hint: 'Give it as it stands in your upgrade, such as quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0',
  });
}

/**
 * Reads references as the targets of their repositories do. The configuration is asked for other people's repositories
 * only, and once: the project's own need none.
 */
export function referenceReader({ env }: Pick<Terminal, 'env'>): (text: string) => Reference {
  let targets: readonly Target[] | undefined;
  return (text) => {
    const reference = parseReference(text);
    if (reference.repository === '' || holdingOf(reference.repository).kind !== 'foreign') return reference;
    targets ??= loadSettings(env).targets;
    return readImage(text, watching(targets, reference.repository)?.naming).reference;
  };
}
