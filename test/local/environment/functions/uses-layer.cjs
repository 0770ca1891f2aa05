exports.handler = async () => ({ greeting: require('from-layer'), other: require('from-layer-24') });
