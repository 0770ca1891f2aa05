export const handler = awslambda.streamifyResponse(async ({ parts, failAfter }, stream) => {
  for (const part of parts) stream.write(part);
  if (failAfter !== undefined) throw new TypeError(failAfter);
  stream.end();
});
