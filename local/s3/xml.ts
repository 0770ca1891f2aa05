import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { ServiceError } from '../endpoint/service.ts';

const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A value, an element with children, or several of the same name; `undefined` leaves the element out. */
type XmlValue = string | number | boolean | undefined | XmlFields | readonly (string | XmlFields)[];
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

const NEEDS_ESCAPE = /[&<>"\p{Cc}]/u;
const ESCAPED = /[&<>"\p{Cc}]/gu;
const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return text;
  return text.replace(ESCAPED, (character) => NAMED[character] ?? `&#${character.charCodeAt(0)};`);
}

/**
 * A document as S3 writes it.
 *
 * Concatenation instead of fast-xml-parser's builder: a page of 1,000 keys is the most common large answer, and this is several
 * times faster on it.
 */
export function xmlDocument(root: string, content: XmlFields | string, hasNamespace = true): string {
  const attribute = hasNamespace ? ` xmlns="${S3_NAMESPACE}"` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${typeof content === 'string' ? escapeXml(content) : xmlFields(content)}</${root}>`;
}

function xmlFields(fields: XmlFields): string {
  let text = '';
  for (const name in fields) {
    const value = fields[name];
    if (Array.isArray(value)) for (const item of value as readonly XmlValue[]) text += xmlElement(name, item);
    else text += xmlElement(name, value);
  }
  return text;
}

function xmlElement(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  const content =
    typeof value === 'string' ? escapeXml(value) : typeof value === 'object' ? xmlFields(value as XmlFields) : value;
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

const parser = new XMLParser({
  ignoreDeclaration: true,
  parseTagValue: false, // A key `007` is not the number 7.
  trimValues: false, // A key may begin or end with a space.
  isArray: (name) => name === 'Object' || name === 'Part',
  removeNSPrefix: true,
  htmlEntities: true, // Without it `&#10;` stays as it is: the SDK writes a line end in a key so.
});

/**
 * The fields below the root element of a request body.
 *
 * @throws {ServiceError} `MalformedXML`
 */
export function parseXml(bytes: Buffer, root: string): Readonly<Record<string, unknown>> {
  const fields = contentOf(bytes.toString(), root);
  if (typeof fields === 'object' && fields !== null) return fields as Record<string, unknown>;
  if (typeof fields === 'string' && fields.trim() === '') return {};
  throw malformedXml(`expected one ${root}`);
}

function contentOf(text: string, root: string): unknown {
  // S3 takes no document type either, in which a client could define entities.
  if (text.includes('<!DOCTYPE') || XMLValidator.validate(text) !== true) return undefined;
  try {
    return parser.parse(text)[root];
  } catch {
    // Well-formed, and refused by the parser: names that JavaScript reserves, nesting without end.
    return undefined;
  }
}

/**
 * The text of the element `name` in `fields`, which is the content of another element.
 *
 * @returns `undefined` without such an element
 * @throws {ServiceError} `MalformedXML` if there are several, or it holds elements, or `fields` is text itself
 */
export function textOf(fields: unknown, name: string): string | undefined {
  if (typeof fields !== 'object' || fields === null) throw malformedXml(`expected ${name} in an element`);
  const value: unknown = (fields as Record<string, unknown>)[name];
  if (value === undefined || typeof value === 'string') return value;
  throw malformedXml(`expected one ${name} with text and nothing else`);
}

export function malformedXml(reason: string): ServiceError {
  return new ServiceError(
    400,
    'MalformedXML',
    `The XML you provided was not well-formed or did not validate against our published schema: ${reason}`,
  );
}
