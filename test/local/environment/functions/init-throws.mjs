console.log('initialising');
throw new RangeError('no configuration');
