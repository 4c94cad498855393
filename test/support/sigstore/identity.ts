/** Whom a certificate was issued for, as Fulcio writes it down. */
import { EXTENSIONS, extension } from './certificate.ts';
import { implicit, sequence, utf8 } from './der.ts';

export interface Identity {
  /** The name: the workflow that signs, or an e-mail address. */
  readonly san: string;
  /** Default: uri. */
  readonly sanType?: 'uri' | 'email';
  /** Further names in the same certificate. */
  readonly extraSans?: readonly { readonly type: 'uri' | 'email' | 'dns'; readonly value: string }[];
  /** The extensions 1 and 8. */
  readonly issuer: string;
  /** Extension 8 when it is to say something else; null leaves it out. */
  readonly issuerV2?: string | null;
  /** The extensions 1.3.6.1.4.1.57264.1.N by their N. Those up to 6 hold plain text, those from 8 on a UTF8String. */
  readonly extensions?: Readonly<Record<number, string>>;
}

const NAME_TAGS = { email: 1, dns: 2, uri: 6 } as const;

/** The extensions of a leaf certificate that say who it is for. */
export function identityExtensions({ san, sanType = 'uri', extraSans = [], issuer, issuerV2, extensions = {} }: Identity): Buffer[] {
  const names = [{ type: sanType, value: san }, ...extraSans];
  const generalNames = names.map(({ type, value }) => implicit(NAME_TAGS[type], Buffer.from(value)));
  const second = issuerV2 === null ? {} : { 8: issuerV2 ?? issuer };
  const claims = Object.entries({ 1: issuer, ...second, ...extensions });
  return [
    EXTENSIONS.digitalSignature,
    EXTENSIONS.codeSigning,
    extension('2.5.29.17', sequence(...generalNames), true),
    ...claims.map(([n, value]) => extension(`1.3.6.1.4.1.57264.1.${n}`, Number(n) < 8 ? Buffer.from(value) : utf8(value))),
  ];
}
