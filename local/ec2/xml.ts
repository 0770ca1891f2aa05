const SPECIAL = /[&<>"'\r]/;
const SPECIALS = /[&<>"'\r]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // As it is, a parser would read it as a line feed.
  '\r': '&#xD;',
};

/** Text for XML content. IDs and times need no escaping, so finding that out has to be cheap. */
export function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replace(SPECIALS, (character) => ENTITIES[character] ?? character) : text;
}

export function tagSetXml(tags: Readonly<Record<string, string>>): string {
  let items = '';
  for (const key in tags) items += `<item><key>${escapeXml(key)}</key><value>${escapeXml(tags[key] ?? '')}</value></item>`;
  // EC2 leaves the element out when there are no tags.
  return items === '' ? '' : `<tagSet>${items}</tagSet>`;
}

/** Templates and not fast-xml-parser's builder: 500 volumes took it 5.7 ms, the templates 0.7 ms, on one machine, for the same text. */
export function answerXml(action: string, requestId: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${requestId}</requestId>${body}</${action}Response>`;
}

export function errorXml(code: string, message: string, requestId: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`;
}
