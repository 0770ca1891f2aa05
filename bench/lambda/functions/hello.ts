/** The least a function can do. */
export const handler = async (event: unknown) => event;
