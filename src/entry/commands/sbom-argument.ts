/** An SBOM a person named: that of an image, or one in a file. */
import { existsSync } from 'node:fs';
import { readSbomFile } from '../../adapters/sbom/reader.ts';
import { locateTag } from '../../app/explain.ts';
import { HeraldError } from '../../core/errors.ts';
import { type Artifact, isArtifact, printReference } from '../../core/image.ts';
import { readImage, watching } from '../../core/naming.ts';
import { artifactOf } from '../../core/release.ts';
import type { Inventory } from '../../core/sbom.ts';
import { summarise } from '../../core/sbom-summary.ts';
import type { StoreReader } from '../../ports.ts';
import type { SbomSubject } from '../../render/sbom.ts';
import type { Settings } from '../config.ts';
import { judgeNow, type WhoseRelease } from '../judge-now.ts';
import { bytesNamed, nameOf } from '../named-file.ts';
import type { Terminal } from '../terminal.ts';

export interface SbomOptions extends WhoseRelease {
  /** Ask the registry now instead of the store. */
  readonly live?: boolean;
}

export interface NamedSbom {
  readonly subject: SbomSubject;
  readonly inventory: Inventory;
  /** The image it is of; null for a file. */
  readonly image: Artifact | null;
}

export interface SbomPlaces {
  readonly terminal: Terminal;
  readonly store: StoreReader | null;
  readonly settings: Settings;
}

/** Throws HeraldError INVALID_QUERY or NOT_FOUND, and those of adapters/sbom/reader.ts. */
export async function sbomNamed(places: SbomPlaces, text: string, options: SbomOptions): Promise<NamedSbom> {
  if (text === '-' || existsSync(text)) return sbomInFile(places.terminal, text);
  return options.live === true ? sbomBesideNow(places, text, options) : sbomStored(places, text);
}

/** Nothing vouches for a file. */
async function sbomInFile(terminal: Terminal, text: string): Promise<NamedSbom> {
  const name = nameOf(text);
  const inventory = await readNamed(name, await bytesNamed(terminal, text));
  return { inventory, image: null, subject: { name, state: 'unsigned', summary: summarise(inventory) } };
}

/** With two files given, an error has to say which it is about. */
async function readNamed(name: string, bytes: Uint8Array): Promise<Inventory> {
  try {
    return await readSbomFile(bytes);
  } catch (cause) {
    if (!(cause instanceof HeraldError)) throw cause;
    const { code, message, hint } = cause;
    throw new HeraldError(code, `The SBOM in ${name} cannot be read. ${message}`, { cause, ...(hint === undefined ? {} : { hint }) });
  }
}

async function sbomBesideNow({ terminal, store, settings }: SbomPlaces, text: string, options: SbomOptions): Promise<NamedSbom> {
  const { reference, verdict, inventory } = await judgeNow({ terminal, store, settings }, text, options);
  if (inventory === null) {
    const failure = verdict.unknown?.kind === 'failed' ? verdict.unknown.failure.message : null;
    throw new HeraldError(
      'NOT_FOUND',
      failure === null ? `No SBOM lies beside ${reference}.` : `The SBOM of ${reference} was not read: ${failure}`,
      {
        hint: `"herald verify ${reference}" says what does.`,
      },
    );
  }
  const { reference: parsed } = readImage(
    reference,
    watching(settings.targets, readImage(reference, undefined).reference.repository)?.naming,
  );
  return {
    inventory,
    image: isArtifact(parsed) ? parsed : null,
    subject: { name: reference, state: verdict.sbom, summary: summarise(inventory) },
  };
}

async function sbomStored({ store, settings }: SbomPlaces, text: string): Promise<NamedSbom> {
  const { reference, target } = await locateTag(store, settings, text);
  const stored = target === null || store === null ? null : await store.storedImage(target.id, reference.tag);
  const name = printReference(reference);
  if (store === null || stored === null) {
    throw new HeraldError('NOT_FOUND', `"${text.slice(0, 200)}" is no file, and no image that was seen here.`, {
      hint: 'Ask the registry itself with --live, or give the file an SBOM is in.',
    });
  }
  const { image } = stored;
  const inventory = image.digest === null ? null : await store.inventory(image.digest);
  if (inventory === null) {
    throw new HeraldError('NOT_FOUND', `No SBOM of ${name} is kept here: it has none, or its evidence was not looked at yet.`, {
      hint: 'Ask the registry itself with --live.',
    });
  }
  return { inventory, image: artifactOf(image), subject: { name, state: image.verdict?.sbom ?? 'unknown', summary: summarise(inventory) } };
}
