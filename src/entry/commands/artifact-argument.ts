/** A reference a person gave where an OS image is needed. */
import { HeraldError } from '../../core/errors.ts';
import { type Artifact, isArtifact, parseReference } from '../../core/image.ts';

/** Parses it, or says why it will not do. Throws HeraldError INVALID_QUERY. */
export function artifactArgument(text: string): Artifact {
  const reference = parseReference(text);
  if (isArtifact(reference)) return reference;
  const why = reference.kind === 'unrecognised' ? reference.reason : `it is of kind ${reference.kind}`;
  throw new HeraldError('INVALID_QUERY', `"${text.slice(0, 200)}" is not a Kairos OS image: ${why}.`, {
    hint: 'Give it as it stands in your upgrade, such as quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0',
  });
}
