exports.handler = async (event) => ({ event, isCommonJs: typeof require === 'function' });
