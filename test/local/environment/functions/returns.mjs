/** @param event - `byteCount`: of the JSON of the response. `isFunction`: something that JSON has no form for. */
export const handler = async ({ byteCount, isFunction }) => (isFunction ? handler : 'x'.repeat(byteCount - 2));
