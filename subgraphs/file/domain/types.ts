/** What a file was uploaded for. */
export type Purpose = 'MESSAGE' | 'AVATAR';

/** The names of what can be downloaded of a file: its original, and what was made from it. */
const VARIANTS = ['original', 'thumbnail', 'avatar-128', 'avatar-512'] as const;
export type VariantName = (typeof VARIANTS)[number];

export function isVariantName(text: string): text is VariantName {
  return (VARIANTS as readonly string[]).includes(text);
}

/** A picture made from an original. */
export interface Variant {
  name: Exclude<VariantName, 'original'>;
  contentType: string;
  /** Bytes. */
  size: number;
  width: number;
  height: number;
}

/** A file whose bytes are in their place. */
export interface StoredFile {
  id: string;
  ownerId: string;
  purpose: Purpose;
  name: string;
  contentType: string;
  /** Bytes of the original. */
  size: number;
  /** Of the original, in hexadecimal. */
  sha256: string;
  /** Pixels as shown; null where it is not an image that can be shown. */
  width: number | null;
  height: number | null;
  createdAt: Date;
  variants: readonly Variant[];
}

/** What the graph shows of a file to one who may see it. */
export interface FileView {
  id: string;
  grant: string | null;
  name: string;
  contentType: string;
  size: number;
  width: number | null;
  height: number | null;
  createdAt: Date;
  url: string;
  thumbnailUrl: string | null;
}
