/** One list of numbers, as it is in the URL: their bytes, little-endian, as base64. */
export interface NumberFormat {
  readonly bytesPerNumber: number;
  readonly read: (bytes: Buffer, offset: number) => number;
  readonly write: (bytes: Buffer, value: number, offset: number) => void;
}

export const int16: NumberFormat = {
  bytesPerNumber: 2,
  read: (bytes, offset) => bytes.readInt16LE(offset),
  write: (bytes, value, offset) => bytes.writeInt16LE(value, offset),
};

export const float32: NumberFormat = {
  bytesPerNumber: 4,
  read: (bytes, offset) => bytes.readFloatLE(offset),
  write: (bytes, value, offset) => bytes.writeFloatLE(value, offset),
};

export function encodeNumbers(values: readonly number[], format: NumberFormat): string {
  const bytes = Buffer.alloc(values.length * format.bytesPerNumber);
  for (const [index, value] of values.entries()) format.write(bytes, value, index * format.bytesPerNumber);
  return bytes.toString('base64');
}

/** @returns The numbers, or nothing if the text is not base64, or not of whole numbers. */
export function decodeNumbers(text: string, format: NumberFormat): readonly number[] | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Buffer leaves out what is not base64. The `=` at the end go missing where a URL is copied, and nothing with them.
  const isBase64 = withoutPadding(bytes.toString('base64')) === withoutPadding(text);
  if (!isBase64 || bytes.length % format.bytesPerNumber !== 0) return undefined;
  return Array.from({ length: bytes.length / format.bytesPerNumber }, (_, index) =>
    format.read(bytes, index * format.bytesPerNumber),
  );
}

function withoutPadding(base64: string): string {
  return base64.replace(/={1,2}$/, '');
}
